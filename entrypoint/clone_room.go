package entrypoint

import (
	"context"
	"errors"
	"fmt"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// checkRoom refuses a copy of total bytes that the volume, or the folder for its
// WAL, cannot hold. The upstream's estimate leaves out the WAL that is written
// while the copy runs.
func checkRoom(n *node.Node, total int64) error {
	l := n.Volume
	need, free := pgdata.CopyNeeds(total), pgdata.Free(l.State)
	if free < need {
		return &pg.Fault{Text: fmt.Sprintf("the copy does not fit: it needs about %s, %s are free on the volume of %s", pg.Size(need), pg.Size(free), l.Dir), Fix: n.RoomAdvice(), Exit: node.ExitDisk}
	}
	if l.WALDir == "" {
		return nil
	}
	if free = pgdata.Free(l.WALDir); free < pgdata.WALRoom {
		return &pg.Fault{Text: fmt.Sprintf("the copy's WAL does not fit: it needs %s, %s are free in %s", pg.Size(pgdata.WALRoom), pg.Size(free), l.WALDir), Fix: n.RoomAdvice(), Exit: node.ExitDisk}
	}
	return nil
}

// warnOfLittleRoom warns before a server starts on a volume that is nearly full.
func (s *start) warnOfLittleRoom() {
	for _, dir := range []string{s.Volume.State, pgdata.WALFolder(s.Volume.Dir)} {
		if free := pgdata.Free(dir); dir != "" && free < pgdata.LeastRoom {
			s.Log.Warn().Str("dir", dir).Str("free", pg.Size(free)).Str("hint", s.RoomAdvice()).Msg("the volume is nearly full; PostgreSQL stops when it cannot write")
		}
	}
}

// backUp runs a base backup, and leaves nothing of one that fails.
func backUp(ctx context.Context, n *node.Node, backup pgctl.BaseBackup, progress *copyProgress) error {
	err := backup.Run(ctx, progress.show, progress.quiet, n.LogOutput)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return errors.Join(n.Explain(err), pgdata.Discard(n.Volume))
}
