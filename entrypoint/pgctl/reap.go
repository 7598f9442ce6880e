package pgctl

import (
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// reap waits for daemons that have ended. As process 1 we inherit a server
// whose starter has gone, and postgres, which takes our place, must not inherit
// it as a zombie. Only processes of other sessions are reaped: a daemon begins
// a session of its own, while a program that we start stays in this one, and
// its exit status belongs to the function that waits for it.
func reap() {
	own, err := unix.Getsid(0)
	processes, errRead := os.ReadDir("/proc")
	if err != nil || errRead != nil {
		return
	}
	for _, process := range processes {
		pid, err := strconv.Atoi(process.Name())
		if err != nil {
			continue // /proc has other entries too
		}
		if session, err := unix.Getsid(pid); err == nil && session != own {
			_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil) // an error where it is not our child
		}
	}
}
