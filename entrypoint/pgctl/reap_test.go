package pgctl

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestOnlyDaemonsAreReaped(t *testing.T) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil { // as process 1 is
		t.Skip(err)
	}
	t.Cleanup(func() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) })
	child := exec.Command("sh", "-c", "exit 7")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	pidfile := filepath.Join(t.TempDir(), "pid")
	script := `setsid sh -c 'echo $$ >"$0"; sleep 0.2' "$0" & until [ -s "$0" ]; do sleep 0.01; done`
	if err := runOpen(context.Background(), "sh", []string{"-c", script, pidfile}, os.Environ()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(pidfile)
	daemon, errPid := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || errPid != nil {
		t.Fatal(err, errPid)
	}
	for deadline := time.Now().Add(5 * time.Second); state(child.Process.Pid) != "Z" || state(daemon) != "Z"; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the child is %q and the daemon %q, want Z", state(child.Process.Pid), state(daemon))
		}
	}
	reap()
	if got := state(daemon); got != "" {
		t.Errorf("the daemon is left as %s", got)
	}
	if err := child.Wait(); err == nil || child.ProcessState.ExitCode() != 7 {
		t.Errorf("the wait for the child gives %v, want status 7", err)
	}
}

// state is the letter that /proc has for a process, Z for a zombie, or nothing.
func state(pid int) string {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, _ := strings.Cut(string(text), ") ")
	letter, _, _ := strings.Cut(rest, " ")
	return letter
}
