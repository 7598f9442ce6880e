package pgdata

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"pgreplica/entrypoint/pg"
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

// serversHome is where the official images mount volumes, whatever the version.
const serversHome = "/var/lib/postgresql"

// Elsewhere is a volume that somebody mounted below the server's home and that
// does not hold dir.
func Elsewhere(dir string) string {
	mountinfo, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	return otherMount(filepath.Clean(dir), mountinfo)
}

func otherMount(dir string, mountinfo []byte) string {
	holder, _ := mountOf(dir, mountinfo)
	for lines := bufio.NewScanner(bytes.NewReader(mountinfo)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 5 || fields[4] == holder || fields[4] != serversHome && !strings.HasPrefix(fields[4], serversHome+"/") {
			continue
		}
		if volumeKind(fields[4], fields[3]) == pg.Named {
			return fields[4]
		}
	}
	return ""
}
