package node

import (
	"context"
	"errors"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// Lock takes the lock on a folder, which is the lock of its volume. It waits for
// LOCK_WAIT where another container has it, which may be about to end. LOCK_WAIT=0
// tries once: Await would take a limit of 0 for none.
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

// LockState takes the lock on the state directory, so that no other apply works at
// the same time, and waits for ApplyLimit. A start does not need it, because it
// has the lock of the volume.
func (n *Node) LockState(ctx context.Context) error {
	err := Await(ctx, n.Log, ApplyLimit, "waiting for another apply", func(context.Context) error { return pgdata.Lock(n.Volume.State) })
	if errors.Is(err, pgdata.ErrLocked) {
		return errors.New("another pgreplica apply has been at work for " + ApplyLimit.String() + "; wait for it, then: pgreplica apply")
	}
	return err
}
