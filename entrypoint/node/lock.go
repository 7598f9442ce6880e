package node

import (
	"context"
	"errors"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// Lock takes a folder, by which it takes the volume, or waits for a container
// that is about to leave it.
func (n *Node) Lock(ctx context.Context, folder string) error {
	err := Await(ctx, n.Log, max(time.Duration(n.Config.LockWait), time.Millisecond), "waiting for the volume", func(context.Context) error {
		return pgdata.Lock(folder)
	})
	if errors.Is(err, pgdata.ErrLocked) {
		return &pg.Fault{Text: pgdata.ErrLocked.Error() + " (lock on " + folder + ")", Exit: 75,
			Fix: "Two servers on one data directory destroy it. Find the other one and stop it: docker ps --filter volume=NAME."}
	}
	return err
}

// LockState keeps another apply out. A start does not need it: it holds the
// volume.
func (n *Node) LockState(ctx context.Context) error {
	err := Await(ctx, n.Log, ApplyLimit, "waiting for another apply", func(context.Context) error { return pgdata.Lock(n.Volume.State) })
	if errors.Is(err, pgdata.ErrLocked) {
		return errors.New("another pgreplica apply has been at work for " + ApplyLimit.String() + "; wait for it, then: pgreplica apply")
	}
	return err
}
