package entrypoint

import (
	"context"
	"errors"
	"fmt"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

const (
	walSegment = 16 << 20
	// leastRoom is what a server needs to go on writing: two segments of WAL.
	leastRoom = 2 * walSegment
	// walRoom is for what is written while a copy runs.
	walRoom = 4 * walSegment
)

// roomFor refuses a copy that the volume, or the folder for its WAL, cannot
// hold. The server's estimate leaves out the WAL that is written meanwhile.
func (n *Node) roomFor(total int64) error {
	l := n.layout
	need, free := needs(total), pgdata.Free(l.State)
	if free < need {
		return &pg.Fault{Text: fmt.Sprintf("the copy does not fit: it needs about %s, %s are free on the volume of %s", pg.Size(need), pg.Size(free), l.Dir), Fix: n.roomAdvice(), Exit: exitDisk}
	}
	if l.WALDir == "" {
		return nil
	}
	if free = pgdata.Free(l.WALDir); free < walRoom {
		return &pg.Fault{Text: fmt.Sprintf("the copy's WAL does not fit: it needs %s, %s are free in %s", pg.Size(walRoom), pg.Size(free), l.WALDir), Fix: n.roomAdvice(), Exit: exitDisk}
	}
	return nil
}

// needs is the room for a copy of that many bytes.
func needs(total int64) int64 { return total + total/20 + walRoom }

// warnOfLittleRoom says so before a server that is nearly out of space starts.
func (n *Node) warnOfLittleRoom() {
	for _, dir := range []string{n.layout.State, n.wal} {
		if free := pgdata.Free(dir); dir != "" && free < leastRoom {
			n.log.Warn().Str("dir", dir).Str("free", pg.Size(free)).Str("hint", n.roomAdvice()).Msg("the volume is nearly full; PostgreSQL stops when it cannot write")
		}
	}
}

// backUp runs a base backup, and leaves nothing of one that fails.
func (n *Node) backUp(ctx context.Context, backup pgctl.BaseBackup, see func(pgctl.Progress)) error {
	err := backup.Run(ctx, see, n.tell)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return errors.Join(n.explainDisk(err), pgdata.Discard(n.layout))
}
