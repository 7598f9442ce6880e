package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
)

// sharedMemory is where PostgreSQL has its dynamic shared memory.
const sharedMemory = "/dev/shm"

// outside is the folder of the container, and not of the data volume, that could
// not be written; empty where err is none of it.
func outside(n *Node, err error) string {
	path := failedPath(err)
	for _, folder := range []string{n.Volume.Dir, n.Volume.State, n.Volume.WALDir} {
		if folder != "" && isBelow(path, folder) {
			return ""
		}
	}
	for _, folder := range []string{SocketDir, "/run/postgresql", sharedMemory, os.TempDir()} {
		if isBelow(path, folder) {
			return folder
		}
	}
	return ""
}

// failedPath is what the call, or the program, that failed was about.
func failedPath(err error) string {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Path
	}
	if failed, ok := errors.AsType[*os.LinkError](err); ok {
		return failed.New
	}
	if program, ok := errors.AsType[*pgctl.ProgramError](err); ok {
		if strings.Contains(program.Line, "shared memory segment") {
			return sharedMemory
		}
		return pg.PathIn(program.Line)
	}
	return ""
}

func isBelow(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, filepath.Clean(folder)+"/")
}

// explainOutside is Explain for a folder of the container's.
func explainOutside(n *Node, place string, err error) error {
	larger := fmt.Sprintf("write tmpfs: ['%s:mode=3777,size=64m'] at the service in the compose file, then: %s", place, n.Service().Up())
	if place == sharedMemory {
		larger = "write shm_size: 256mb at the service in the compose file, then: " + n.Service().Up()
	}
	what, fix := "", ""
	switch {
	case saysErrno(err, syscall.ENOSPC, "No space left on device"), saysErrno(err, syscall.EDQUOT, "Disk quota exceeded"):
		what, fix = "is full", "See what fills it: "+n.Service().Run("du -a "+place)+". For more room, "
	case saysErrno(err, syscall.EROFS, "Read-only file system"):
		what, fix = "is read-only", "The container's own file system is, as with read_only: true. For a folder that can be written, "
	case errors.Is(err, fs.ErrPermission):
		what, fix = fmt.Sprintf("may not be written by uid %d", os.Getuid()), "For a folder that can be, "
	default:
		return err
	}
	return &pg.Fault{Text: fmt.Sprintf("%s %s, which is no part of the data volume: %s", place, what, err), Fix: fix + larger, Exit: ExitDisk, Err: err}
}
