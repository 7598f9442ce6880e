package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// Apply does one step. Each can be repeated after it was cut short.
func (n *Node) Apply(ctx context.Context, step plan.Step) error {
	switch step := step.(type) {
	case plan.Discard:
		n.log.Warn().Msg("removing what an earlier attempt left in staging")
		return pgdata.Discard(n.layout)
	case plan.Resume:
		return errors.Join(pgdata.Resume(n.layout), n.lockWAL(ctx))
	case plan.InitDB:
		return n.initDB(ctx)
	case plan.PlaceConf:
		return n.placeConf(ctx)
	case plan.RunScripts:
		return n.runScripts(ctx)
	case plan.MakeRoles:
		return n.makeRoles(ctx)
	case plan.AwaitPrimary:
		return n.awaitPrimary(ctx)
	case plan.ReserveSlot:
		return n.reserveSlot(ctx, step.Slot)
	case plan.BaseBackup:
		return n.baseBackup(ctx, step.Slot)
	case plan.Verify:
		return n.verify(ctx)
	case plan.FollowConf:
		return n.followConf(ctx)
	case plan.Sync:
		return n.sync()
	case plan.Follow:
		return n.follow()
	case plan.SetAside:
		return n.setAside()
	case plan.MoveIn:
		return n.moveIn(ctx)
	case plan.Configure:
		return n.configure(ctx)
	}
	return fmt.Errorf("no hand for step %s", step)
}

// Become replaces this process with postgres.
func (n *Node) Become() error {
	n.hangUp()
	host.ReturnName()
	if err := n.mayOpen(); err != nil {
		return err
	}
	if err := pgctl.RemoveStalePID(n.layout.Dir); err != nil {
		return err
	}
	if err := os.Setenv("PGDATA", n.layout.Dir); err != nil {
		return err
	}
	return pgctl.Become("postgres", n.args, os.Environ())
}

// mayOpen asserts, whatever was decided, that only a primary opens read-write.
func (n *Node) mayOpen() error {
	standby, err := pgdata.IsStandby(n.layout.Dir)
	if err == nil && standby != (n.cfg.Mode == pg.Standby) {
		err = fmt.Errorf("will not start as a %s: standby.signal in %s says otherwise", n.cfg.Mode, n.layout.Dir)
	}
	return err
}

func (n *Node) initDB(ctx context.Context) error {
	if err := errors.Join(n.mayMake(), n.checkMounted(ctx)); err != nil {
		return err
	}
	if n.layout.Volume != pg.Named {
		n.log.Warn().Str("hint", "Mount a named volume or a folder there; REQUIRE_VOLUME=on refuses to go on without one.").
			Msg("the data directory is on no volume that a new container gets back")
	}
	journal, err := pgdata.Begin(n.layout, "init")
	if err != nil {
		return err
	}
	doing("making a new cluster")
	n.log.Info().Str("dir", n.layout.Dir).Msg("making a new cluster")
	return pgctl.InitDB{Dir: journal.Staged(n.layout), Superuser: n.cfg.PostgresUser, WALDir: journal.WAL, Args: n.cfg.InitDBArgs}.Run(ctx, n.tell)
}

// moveIn puts the new data in its place.
func (n *Node) moveIn(ctx context.Context) error {
	// A copy of the upstream follows it; nothing that was compared is left.
	n.compared, n.relation = true, relation{kind: plan.Follows}
	err := errors.Join(pgdata.MoveIn(n.layout), n.lockWAL(ctx))
	if err == nil && n.cfg.Mode == pg.Primary {
		n.made = true
		n.sayMade()
	}
	return err
}

// sayMade says in the official image's words that a new cluster is there. Some
// wait for the server's own words in the log twice, because that image starts a
// server for itself first: where this start had none, they stand here.
func (n *Node) sayMade() {
	event := n.log.Info()
	if !n.served {
		event = event.Str("next", "database system is ready to accept connections")
	}
	event.Msg("PostgreSQL init process complete; ready for start up.")
}

// sync writes the whole of staging to the disk at once. PostgreSQL's programs
// do it file by file, which takes several times as long, and are told not to.
func (n *Node) sync() error {
	staging, err := n.staging()
	if err != nil {
		return err
	}
	doing("writing the copy to the disk")
	return pgdata.SyncAll(staging)
}

func (n *Node) setAside() error {
	if err := n.mayGiveUp(); err != nil {
		return err
	}
	dir, err := pgdata.SetAside(n.layout, time.Now())
	if err == nil {
		old := pgdata.Whole(n.layout, dir)
		n.log.Warn().Str("dir", dir).Str("size", sizeOf(old, sizePatience)).Str("hint", "Nothing removes it. When it is no longer needed: "+n.service().Exec(pg.RemoveCommand(old))).Msg("set the existing data aside")
	}
	return err
}

// sizePatience bounds what a start spends on adding up what it set aside.
const sizePatience = 100 * time.Millisecond

// sizeOf is the size of old data, or what of it was seen in that time.
func sizeOf(old pgdata.Aside, patience time.Duration) string {
	bytes, whole := old.Size(patience)
	if !whole {
		return pg.Size(bytes) + " and more"
	}
	return pg.Size(bytes)
}

// tell writes a line of a program's at debug level.
func (n *Node) tell(program, line string) {
	n.log.Debug().Str("program", program).Str("line", line).Msg("output")
}
