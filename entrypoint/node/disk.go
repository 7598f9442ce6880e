package node

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// ExitDisk ends a start whose volume cannot take what has to be written.
const ExitDisk = 73

// Explain turns an error of the volume that a person has to put right (no room, a
// quota, a disk that fails, missing rights) into a pg.Fault that says how. It
// returns any other error as it is, and nil for nil.
func (n *Node) Explain(err error) error {
	fault := func(what, fix string) error {
		return &pg.Fault{Text: what + ": " + err.Error(), Fix: fix, Exit: ExitDisk, Err: err}
	}
	place := outside(n, err)
	switch {
	case explained(err):
		return err
	case place != "":
		return explainOutside(n, place, err)
	case saysErrno(err, syscall.ENOSPC, "No space left on device"):
		return fault("the volume is full", n.RoomAdvice())
	case saysErrno(err, syscall.EDQUOT, "Disk quota exceeded"):
		return fault("the quota of the volume is used up",
			"Raise it on the host, where repquota -a lists the quotas, then start again. "+n.RoomAdvice())
	case saysErrno(err, syscall.EIO, "Input/output error"):
		return fault("the disk of the volume fails",
			"Look for its errors on the host: dmesg | tail. Copy the volume to a disk that works before you start again. Nothing was removed from it.")
	case saysErrno(err, syscall.EROFS, "Read-only file system"):
		return fault("the data volume is mounted read-only",
			"Mount it without :ro. If the host made it read-only, look for disk errors there: dmesg | tail")
	case errors.Is(err, fs.ErrPermission):
		return n.explainDenied(err)
	}
	if program, ok := errors.AsType[*pgctl.ProgramError](err); ok && program.Killed() {
		return &pg.Fault{Text: err.Error(), Err: err,
			Fix: "Where nobody has killed it, the kernel has, because memory ran out: dmesg | tail on the host says so. Give the service more memory, mem_limit in the compose file, then: " + n.Service().Up()}
	}
	return err
}

// explained says whether an error is a pg.Fault already.
func explained(err error) bool {
	_, fault := errors.AsType[*pg.Fault](err)
	return fault
}

// saysErrno says whether err comes from a call that failed with errno, or from a
// program whose last line has the words for it.
func saysErrno(err error, errno syscall.Errno, words string) bool {
	program, ok := errors.AsType[*pgctl.ProgramError](err)
	return errors.Is(err, errno) || ok && strings.Contains(program.Line, words)
}

// RoomAdvice says what a person can do about a full volume, with the commands
// that remove data which was set aside.
func (n *Node) RoomAdvice() string {
	advice := "Make room on the volume, or mount a larger one, then start again."
	for _, dir := range pgdata.ListAside(n.Volume) {
		old := pgdata.Whole(n.Volume, dir)
		advice += fmt.Sprintf(" Old data that was set aside (%s) may go when nobody needs it: %s", SizeOf(old), n.Service().Run(pg.RemoveCommand(old)))
	}
	return advice
}

// SizeOf is the size of old data as text; "and more" is added where CountLimit was
// over before all of it was counted.
func SizeOf(old pgdata.Aside) string {
	bytes, whole := old.Size(CountLimit)
	if !whole {
		return pg.Size(bytes) + " and more"
	}
	return pg.Size(bytes)
}
