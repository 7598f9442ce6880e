package pgdata

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
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
	var locks Locks
	return locks.Take(root)
}

// Locks are the locks of this process on folders. A lock is the folder's own and
// goes with it where it is renamed.
type Locks struct{ descriptors map[inode]int }

type inode struct{ device, number uint64 }

// Take is Lock, for a folder that may be locked already.
func (l *Locks) Take(folder string) error {
	fd, err := syscall.Open(folder, syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return fmt.Errorf("lock %s: %w", folder, err)
	}
	id, err := inodeOf(fd)
	if _, held := l.descriptors[id]; held {
		return syscall.Close(fd)
	}
	if err == nil {
		err = syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		_ = syscall.Close(fd)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return ErrLocked
		}
		return fmt.Errorf("lock %s: %w", folder, err)
	}
	if l.descriptors == nil {
		l.descriptors = map[inode]int{}
	}
	l.descriptors[id] = fd
	return nil
}

// Keep lets go of all folders but those that lie at these paths now.
func (l *Locks) Keep(folders []string) {
	var kept []inode
	for _, folder := range folders {
		var stat syscall.Stat_t
		if syscall.Stat(folder, &stat) == nil {
			kept = append(kept, inode{stat.Dev, stat.Ino})
		}
	}
	for id, fd := range l.descriptors {
		if !slices.Contains(kept, id) {
			_ = syscall.Close(fd)
			delete(l.descriptors, id)
		}
	}
}

func inodeOf(fd int) (inode, error) {
	var stat syscall.Stat_t
	err := syscall.Fstat(fd, &stat)
	return inode{stat.Dev, stat.Ino}, err
}

// Apart are the folders that a server on this volume writes to and that the
// volume's lock does not protect, because another container may mount them
// without the folder above: the data directory, and what its links lead out of the
// volume to. Of a tablespace it is the folder of one major version, because two of
// them may share the one above.
func Apart(l Layout, major int) []string {
	volume := filepath.Dir(l.State)
	var folders []string
	if l.Dir != volume && isFolder(l.Dir) {
		folders = append(folders, l.Dir)
	}
	for _, link := range links(l.Dir) {
		target := link.target()
		switch {
		case link.path == filepath.Join(l.Dir, "pg_wal"):
			if isFolder(target) {
				folders = append(folders, target)
			}
		case !within(volume, target):
			entries, _ := os.ReadDir(target) // whether it is there, Inspect says
			for _, entry := range entries {
				if strings.HasPrefix(entry.Name(), fmt.Sprintf("PG_%d_", major)) {
					folders = append(folders, filepath.Join(target, entry.Name()))
				}
			}
		}
	}
	return folders
}

// InUse says whether a start or a server holds the lock of the volume, or that of
// the data directory. It finds out by taking a shared lock, which it gives up at
// once.
func InUse(l Layout) bool { return isLocked(filepath.Dir(l.State)) || isLocked(l.Dir) }

func isLocked(folder string) bool {
	fd, err := syscall.Open(folder, syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return false
	}
	defer syscall.Close(fd)
	return errors.Is(syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// Opened says whether a process of this machine, in whatever container, has a file
// of the cluster in dir open, as each server has some of the shared catalogs or of
// its WAL. The kernel grants a lease on a file to write to nobody while another
// process has it open. Where it knows no leases, as on NFS, the answer is no.
func Opened(dir string) bool {
	for _, name := range []string{"global", "pg_wal"} {
		folder := filepath.Join(dir, name)
		entries, _ := os.ReadDir(folder)
		if slices.ContainsFunc(entries, func(entry os.DirEntry) bool {
			return entry.Type().IsRegular() && isOpen(filepath.Join(folder, entry.Name()))
		}) {
			return true
		}
	}
	return false
}

func isOpen(path string) bool {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer syscall.Close(fd) // and with it the lease
	_, err = unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_WRLCK)
	return errors.Is(err, unix.EAGAIN)
}
