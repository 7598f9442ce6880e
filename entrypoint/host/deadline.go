package host

import (
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// EndAfter has the kernel kill this process after a time, whatever it hangs at by
// then, unless stop was called before. A read of a volume that stands still ends no
// other way. Where the kernel has no timer for it nothing happens.
func EndAfter(limit time.Duration) (stop func()) {
	event := struct {
		value          uintptr
		signal, notify int32
		_              [48]byte // to the 64 bytes that struct sigevent has
	}{signal: int32(syscall.SIGKILL)}
	var timer int32
	if _, _, failed := syscall.Syscall(unix.SYS_TIMER_CREATE, unix.CLOCK_MONOTONIC, uintptr(unsafe.Pointer(&event)), uintptr(unsafe.Pointer(&timer))); failed != 0 {
		return func() {}
	}
	set(timer, limit)
	return func() {
		_, _, _ = syscall.Syscall(unix.SYS_TIMER_DELETE, uintptr(timer), 0, 0)
	}
}

func set(timer int32, limit time.Duration) {
	when := unix.ItimerSpec{Value: unix.NsecToTimespec(limit.Nanoseconds())}
	_, _, _ = syscall.Syscall6(unix.SYS_TIMER_SETTIME, uintptr(timer), 0, uintptr(unsafe.Pointer(&when)), 0, 0, 0)
}
