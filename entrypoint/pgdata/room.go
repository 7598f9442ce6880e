package pgdata

import "syscall"

// Free is how many bytes a user other than root may still write below dir; 0 also
// where that cannot be found out.
func Free(dir string) int64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0
	}
	return int64(stat.Bavail) * stat.Bsize
}

// VolumeSize is the size in bytes of the file system below dir, or 0.
func VolumeSize(dir string) uint64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0
	}
	return stat.Blocks * uint64(stat.Bsize)
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

// Room that a volume has to have, in bytes.
const (
	walSegment = 16 << 20
	// LeastRoom is what a server needs to go on writing: two segments of WAL.
	LeastRoom = 2 * walSegment
	// WALRoom is for what is written while a copy runs.
	WALRoom = 4 * walSegment
)

// CopyNeeds is the room for a copy of that many bytes. The server's estimate
// leaves out the WAL that is written meanwhile.
func CopyNeeds(total int64) int64 { return total + total/20 + WALRoom }
