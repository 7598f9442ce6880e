package node

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// Lock takes the lock on a folder with take. It waits for LOCK_WAIT where another
// container has it, which may be about to end. LOCK_WAIT=0 tries once: Await would
// take a limit of 0 for none.
func (n *Node) Lock(ctx context.Context, folder string, take func(folder string) error) error {
	return awaitOther(ctx, n, "lock on "+folder, func(context.Context) error { return take(folder) })
}

// AwaitServer waits in the same way for a server of another container that has
// taken no lock, because another image started it, and that runs on the data
// directory: its postmaster.pid is no stale one.
func AwaitServer(ctx context.Context, n *Node) error {
	pid := filepath.Join(n.Volume.Dir, "postmaster.pid")
	return awaitOther(ctx, n, pid, func(context.Context) error {
		if _, err := os.Lstat(pid); err == nil && pgdata.Opened(n.Volume.Dir) {
			return pgdata.ErrLocked
		}
		return nil
	})
}

func awaitOther(ctx context.Context, n *Node, sign string, attempt func(context.Context) error) error {
	err := Await(ctx, n.Log, max(time.Duration(n.Config.LockWait), time.Millisecond), "waiting for the volume", attempt)
	if errors.Is(err, pgdata.ErrLocked) {
		return &pg.Fault{Text: pgdata.ErrLocked.Error() + " (" + sign + ")", Exit: 75,
			Fix: "Two servers on one data directory destroy it. Find the other one, which may have mounted a folder above or below, and stop it: docker ps --no-trunc --format '{{.Names}}: {{.Mounts}}'"}
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
