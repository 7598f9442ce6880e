package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

const (
	walSegment = 16 << 20
	// leastRoom is what a server needs to go on writing: two segments of WAL.
	leastRoom = 2 * walSegment
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
func explainDisk(err error, l pgdata.Layout) error {
	if _, known := errors.AsType[*DiskError](err); known {
		return err
	}
	full := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
	if program, ok := errors.AsType[*pgctl.ProgramError](err); ok {
		full = full || strings.Contains(program.Line, "No space left on device") || strings.Contains(program.Line, "Disk quota exceeded")
	}
	switch {
	case full:
		return &DiskError{"the volume is full: " + err.Error(), makeRoom(l), err}
	case errors.Is(err, syscall.EROFS):
		return &DiskError{"the data volume is mounted read-only: " + err.Error(),
			"Mount it without :ro. If the host made it read-only, look for disk errors there: dmesg | tail", err}
	case errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM):
		return &DiskError{"the volume cannot be used: " + err.Error(),
			"Let the container start as root, which gives the volume to the postgres user, or do it on the host: chown -R 999:999 FOLDER. On hosts with SELinux, mount it with :Z.", err}
	}
	return err
}

// makeRoom is what a person can do about a full volume.
func makeRoom(l pgdata.Layout) string {
	advice := "Make room on the volume, or mount a larger one, then start again."
	for _, old := range pgdata.ListAside(l) {
		advice += fmt.Sprintf(" Old data that was set aside (%s) may go when nobody needs it: docker compose run --rm slave rm -r %s", sizeOf(old, sizePatience), old)
	}
	return advice
}

// roomFor refuses a copy that the volume cannot hold. The server's estimate
// leaves out the WAL that is written meanwhile.
func roomFor(total int64, l pgdata.Layout) error {
	need, free := total+total/20+4*walSegment, pgdata.Free(l.State)
	if free >= need {
		return nil
	}
	return &DiskError{What: fmt.Sprintf("the copy does not fit: it needs about %s, %s are free on the volume of %s", size(need), size(free), l.Dir), Remedy: makeRoom(l)}
}

// warnOfLittleRoom says so before a server that is nearly out of space starts.
func (n *Node) warnOfLittleRoom() {
	if free := pgdata.Free(n.layout.State); free < leastRoom {
		n.log.Warn().Str("free", size(free)).Str("hint", makeRoom(n.layout)).Msg("the volume is nearly full; PostgreSQL stops when it cannot write")
	}
}

// backUp runs a base backup and ends it where the first estimate says that it
// cannot fit.
func (n *Node) backUp(ctx context.Context, backup pgctl.BaseBackup, see func(pgctl.Progress)) error {
	guarded, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	checked := false
	err := backup.Run(guarded, func(p pgctl.Progress) {
		if !checked {
			checked = true
			if tooLarge := roomFor(p.Total, n.layout); tooLarge != nil {
				stop(tooLarge)
			}
		}
		see(p)
	}, n.tell)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if guarded.Err() != nil {
		err = context.Cause(guarded)
	}
	return errors.Join(explainDisk(err, n.layout), pgdata.Discard(n.layout))
}
