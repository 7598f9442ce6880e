package pgctl

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// tick is how often a program that says nothing is noticed.
const tick = time.Second

// startQuiet starts a program, and reads what it says on standard error until it has
// ended. It calls quiet at each tick in which the program has said nothing.
func startQuiet(cmd *exec.Cmd, lines *lineWriter, quiet func(Silence)) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	cmd.Stderr = write
	err = cmd.Start()
	write.Close()
	if err != nil {
		return err
	}
	buffer := make([]byte, 4096)
	for heard := time.Now(); ; {
		_ = read.SetReadDeadline(time.Now().Add(tick))
		n, err := read.Read(buffer)
		_, _ = lines.Write(buffer[:n])
		switch {
		case n > 0:
			heard = time.Now()
		case !errors.Is(err, os.ErrDeadlineExceeded) || hasEnded(cmd.Process.Pid):
			return nil // what it has left behind may hold the pipe open
		default:
			quiet(Silence{For: time.Since(heard), Stopped: stoppedIn(cmd.Process.Pid)})
		}
	}
}

// hasEnded says whether a child has ended, and leaves its end to whoever waits for
// it.
func hasEnded(pid int) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	return err != nil || info.Signo != 0
}

// stoppedIn is a process of a group that was stopped; 0 where none was.
func stoppedIn(group int) int {
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, process := range processes {
		pid, err := strconv.Atoi(process.Name())
		if err != nil {
			continue // /proc has other entries too
		}
		stat, err := os.ReadFile("/proc/" + process.Name() + "/stat")
		words := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // state, parent, group
		if err == nil && len(words) > 2 && string(words[0]) == "T" && string(words[2]) == strconv.Itoa(group) {
			return pid
		}
	}
	return 0
}
