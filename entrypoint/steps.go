package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
	"pgreplica/entrypoint/provision"
	"pgreplica/entrypoint/upstream"
)

// do does one step. Each can be repeated after it was cut short.
func (s *start) do(ctx context.Context, step plan.Step) error {
	switch step := step.(type) {
	case plan.Discard:
		s.Log.Warn().Msg("removing what an earlier attempt left in staging")
		return pgdata.Discard(s.Volume)
	case plan.Resume:
		if err := pgdata.Resume(s.Volume); err != nil {
			return err
		}
		return s.lockParts(ctx)
	case plan.InitDB:
		return s.initDB(ctx)
	case plan.PlaceConf:
		return s.placeConf(ctx)
	case plan.RunScripts:
		return s.runScripts(ctx)
	case plan.MakeRoles:
		return s.makeRoles(ctx)
	case plan.AskPeers:
		return s.askPeers(ctx)
	case plan.AwaitPrimary:
		return s.up.Await(ctx)
	case plan.ReserveSlot:
		return s.reserve(ctx, step.Slot)
	case plan.BaseBackup:
		s.copying = time.Now()
		return noteCopy(s.Node, s.copying, s.baseBackup(ctx, step.Slot))
	case plan.Verify:
		return noteCopy(s.Node, s.copying, s.verify(ctx))
	case plan.FollowConf:
		return s.followConf(ctx)
	case plan.Sync:
		return s.sync()
	case plan.Follow:
		s.Log.Info().Msg("the former primary follows: it holds nothing that its upstream lacks")
		return s.standby(s.Volume.Dir).MakeInPlace()
	case plan.SetAside:
		return s.setAside(ctx)
	case plan.MoveIn:
		return s.moveIn(ctx)
	case plan.Configure:
		return s.configure(ctx)
	}
	return fmt.Errorf("no hand for step %s", step)
}

// files are the configuration files in dir, for the server's arguments so far.
func (s *start) files(dir string) provision.Files {
	return provision.Files{Node: s.Node, Dir: dir, Args: s.args}
}

// standby is what makes the data in dir follow the upstream.
func (s *start) standby(dir string) provision.Standby {
	return provision.Standby{Node: s.Node, Dir: dir, Args: s.args, Upstream: s.have.Upstream}
}

func (s *start) initDB(ctx context.Context) error {
	if err := errors.Join(s.assertMayMake(), s.files(s.Volume.State).Check(ctx)); err != nil {
		return err
	}
	if s.Volume.Volume != pg.Named {
		s.Log.Warn().Str("hint", "Mount a named volume or a folder there; REQUIRE_VOLUME=on refuses to go on without one.").
			Msg("the data directory is on no volume that a new container gets back")
	}
	journal, err := pgdata.Begin(s.Volume, "init")
	if err != nil {
		return err
	}
	node.Doing("making a new cluster")
	s.Log.Info().Str("dir", s.Volume.Dir).Msg("making a new cluster")
	return pgctl.InitDB{Dir: journal.Staged(s.Volume), Superuser: s.Config.PostgresUser, WALDir: journal.WAL, Args: s.Config.InitDBArgs}.Run(ctx, s.LogOutput)
}

// placeConf gives a new cluster, in staging, its configuration. What init scripts
// edit from there on is kept.
func (s *start) placeConf(ctx context.Context) error {
	staging, err := s.staging()
	if err != nil {
		return err
	}
	s.Record.ForgetFiles() // of an attempt that was cut short
	files := s.files(staging)
	files.Fresh = true
	if err := files.Install(ctx); err != nil {
		return err
	}
	return s.Record.Save("start")
}

// makeRoles gives a new cluster, in staging, its roles and its database.
func (s *start) makeRoles(ctx context.Context) error {
	staging, err := s.staging()
	if err != nil {
		return err
	}
	return provision.Roles{Node: s.Node}.Make(ctx, staging)
}

// askPeers asks once more, when the new cluster is whole: a server that holds the
// lost one may have been started together with this one, and answer only now.
func (s *start) askPeers(ctx context.Context) error {
	if peer, found := upstream.FindPeer(ctx, s.Node, node.AskAgainLimit); found {
		return plan.PeerHolds(peer)
	}
	return nil
}

// moveIn puts the new data in its place.
func (s *start) moveIn(ctx context.Context) error {
	if err := pgdata.MoveIn(s.Volume); err != nil {
		return err
	}
	if err := s.lockParts(ctx); err != nil {
		return err
	}
	if s.Mode == pg.Primary {
		s.made = true
		s.logMade()
		return nil
	}
	s.up.Copied()
	return pgdata.ForgetFailedCopy(s.Volume)
}

// sync writes the whole of staging to the disk at once. PostgreSQL's programs
// would do it file by file, which takes several times as long; they run with
// --no-sync.
func (s *start) sync() error {
	staging, err := s.staging()
	if err != nil {
		return err
	}
	node.Doing("writing the copy to the disk")
	return pgdata.SyncAll(staging)
}

func (s *start) setAside(ctx context.Context) error {
	if err := s.assertMayGiveUp(); err != nil {
		return err
	}
	dir, err := pgdata.SetAside(s.Volume, time.Now())
	if err == nil {
		old := pgdata.Whole(s.Volume, dir)
		s.Log.Warn().Str("dir", dir).Str("size", node.SizeOf(old)).Str("hint", "Nothing removes it. When it is no longer needed: "+s.Service().Exec(pg.RemoveCommand(old))).Msg("set the existing data aside")
		err = s.lockParts(ctx)
	}
	return err
}
