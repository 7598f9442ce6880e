package pgctl

import (
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// reap takes note of daemons that have ended: as process 1 we inherit a server
// whose starter has gone, and postgres must not find its remains. A daemon
// began a session of its own. What we start stays in our session, and its end
// belongs to whoever waits for it.
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
			_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil) // an error for what is not our child
		}
	}
}
