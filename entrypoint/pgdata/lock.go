package pgdata

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
)

// ErrLocked says that another container holds the volume.
var ErrLocked = errors.New("another container is using this volume")

// Lock locks the folder root for this process and for all that it becomes or
// starts. It does not wait: the error is ErrLocked where another process holds
// the lock. The lock on the folder above the state directory is the volume's.
//
// The descriptor is kept open through exec on purpose: the kernel frees the
// lock when the last process of the container is gone, however it ended.
func Lock(root string) error {
	fd, err := syscall.Open(root, syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return fmt.Errorf("lock %s: %w", root, err)
	}
	if err := syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = syscall.Close(fd)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return ErrLocked
		}
		return fmt.Errorf("lock %s: %w", root, err)
	}
	return nil
}

// InUse says whether a start or a server holds the lock of the volume. It finds
// out by taking a shared lock, which it gives up at once.
func InUse(l Layout) bool {
	fd, err := syscall.Open(filepath.Dir(l.State), syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return false
	}
	defer syscall.Close(fd)
	return errors.Is(syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
