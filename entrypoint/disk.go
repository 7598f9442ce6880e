package entrypoint

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// A DiskError says that the volume cannot take what has to be written.
type DiskError struct {
	What   string
	Remedy string
	Err    error
}

func (e *DiskError) Error() string   { return e.What }
func (e *DiskError) Unwrap() error   { return e.Err }
func (e *DiskError) Hint() string    { return e.Remedy }
func (e *DiskError) ExitStatus() int { return 73 }

// explainDisk names the errors that only the volume's owner can mend.
func (n *Node) explainDisk(err error) error {
	_, full := errors.AsType[*DiskError](err)
	_, owned := errors.AsType[*OwnerError](err)
	switch {
	case full || owned:
		return err
	case saysErrno(err, syscall.ENOSPC, "No space left on device"):
		return &DiskError{"the volume is full: " + err.Error(), makeRoom(n.layout), err}
	case saysErrno(err, syscall.EDQUOT, "Disk quota exceeded"):
		return &DiskError{"the quota of the volume is used up: " + err.Error(),
			"Raise it on the host, where repquota -a lists the quotas, then start again. " + makeRoom(n.layout), err}
	case saysErrno(err, syscall.EIO, "Input/output error"):
		return &DiskError{"the disk of the volume fails: " + err.Error(),
			"Look for its errors on the host: dmesg | tail. Copy the volume to a disk that works before you start again. Nothing was removed from it.", err}
	case saysErrno(err, syscall.EROFS, "Read-only file system"):
		return &DiskError{"the data volume is mounted read-only: " + err.Error(),
			"Mount it without :ro. If the host made it read-only, look for disk errors there: dmesg | tail", err}
	case errors.Is(err, fs.ErrPermission):
		return n.explainDenied(err)
	}
	return err
}

// saysErrno says whether err is a failed call of ours, or a program's that
// says so in its own words.
func saysErrno(err error, errno syscall.Errno, words string) bool {
	program, ok := errors.AsType[*pgctl.ProgramError](err)
	return errors.Is(err, errno) || ok && strings.Contains(program.Line, words)
}

// makeRoom is what a person can do about a full volume.
func makeRoom(l pgdata.Layout) string {
	advice := "Make room on the volume, or mount a larger one, then start again."
	for _, dir := range pgdata.ListAside(l) {
		old := pgdata.Whole(l, dir)
		advice += fmt.Sprintf(" Old data that was set aside (%s) may go when nobody needs it: docker compose run --rm slave %s", sizeOf(old, sizePatience), remove(old))
	}
	return advice
}
