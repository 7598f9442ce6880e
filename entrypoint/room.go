package entrypoint

import (
	"context"
	"errors"
	"fmt"

	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

const (
	walSegment = 16 << 20
	// leastRoom is what a server needs to go on writing: two segments of WAL.
	leastRoom = 2 * walSegment
)

// roomFor refuses a copy that the volume cannot hold. The server's estimate
// leaves out the WAL that is written meanwhile.
func roomFor(total int64, l pgdata.Layout) error {
	need, free := needs(total), pgdata.Free(l.State)
	if free >= need {
		return nil
	}
	return &DiskError{What: fmt.Sprintf("the copy does not fit: it needs about %s, %s are free on the volume of %s", size(need), size(free), l.Dir), Remedy: makeRoom(l)}
}

// needs is the room for a copy of that many bytes.
func needs(total int64) int64 { return total + total/20 + 4*walSegment }

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
	return errors.Join(n.explainDisk(err), pgdata.Discard(n.layout))
}
