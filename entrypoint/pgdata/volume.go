package pgdata

import (
	"errors"
	"path/filepath"
	"syscall"
)

// InUse says whether a start or a server holds the volume of a layout. It asks
// for the lock beside them and lets go at once.
func InUse(l Layout) bool {
	fd, err := syscall.Open(filepath.Dir(l.State), syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return false
	}
	defer syscall.Close(fd)
	return errors.Is(syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// Inodes is how many files can still be made below dir, and how many there can
// be: 0 where the file system does not count them.
func Inodes(dir string) (free, total uint64) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0, 0
	}
	return stat.Ffree, stat.Files
}
