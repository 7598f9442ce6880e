package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// Start prepares this container's server and becomes it. It returns only an
// error.
func Start(ctx context.Context, log zerolog.Logger, cfg config.Config, args []string) error {
	environ := os.Environ()
	host.ForgetSecrets()
	n, err := NewNode(cfg, log, args)
	if err != nil {
		return err
	}
	n.environ = environ
	if err := pgdata.CheckFiles(n.layout); err != nil {
		return n.explainDisk(err)
	}
	for _, check := range []func() error{n.checkPlace, n.checkNew} {
		if err := check(); err != nil {
			return n.explainDisk(err)
		}
	}
	return n.explainDisk(n.start(ctx))
}

func (n *Node) start(ctx context.Context) error {
	if err := n.settle(); err != nil {
		return err
	}
	beginWork()
	if err := host.BorrowName(runDir); err != nil {
		return err
	}
	if err := n.lock(ctx); err != nil {
		return err
	}
	// The node id is on disk before a slot is named for it, or each attempt would
	// leave a slot on the primary.
	if err := errors.Join(pgdata.Probe(n.layout.State), n.remember()); err != nil {
		return err
	}
	if err := n.record.Save("new volume"); err != nil {
		return err
	}
	n.remarkScripts()
	return Boot(ctx, n.log, n.want(), n)
}

// Show has postgres say what value a setting of this container's server has, and
// starts nothing: args are those of postgres -C.
func Show(cfg config.Config, args []string) error {
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return err
	}
	if err := errors.Join(host.BecomeServerUser(), os.Setenv("PGDATA", layout.Dir)); err != nil {
		return err
	}
	return pgctl.Become("postgres", args, os.Environ())
}

// checkPlace refuses to begin anew where the data lies in another place, before
// anything on disk is touched.
func (n *Node) checkPlace() error {
	have, err := n.look()
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil // whose the volume is, the start says itself
	case err != nil:
		return err
	}
	return plan.Misplaced(n.want(), have)
}

// checkNew tells what a new cluster lacks before anything on disk is touched.
func (n *Node) checkNew() error {
	if n.cfg.Mode == pg.Standby || n.cfg.CheckNewCluster() == nil {
		return nil
	}
	data, err := pgdata.Inspect(n.layout.Dir)
	if err != nil || data.Contents != pg.Empty {
		return err
	}
	return n.cfg.CheckNewCluster()
}

// Foresee is the next plan of a start, without any of its effects.
func Foresee(ctx context.Context, log zerolog.Logger, cfg config.Config) (plan.Plan, error) {
	n, err := NewNode(cfg, log, nil)
	if err != nil {
		return plan.Plan{}, err
	}
	if err := host.BecomeServerUser(); err != nil {
		return plan.Plan{}, err
	}
	if err := pgdata.CheckFiles(n.layout); err != nil {
		return plan.Plan{}, n.explainDisk(err)
	}
	if err := n.remember(); err != nil {
		return plan.Plan{}, n.explainDisk(err)
	}
	n.configured = true // what a start would bring up to date is not looked at
	have, err := n.Inspect(ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	return plan.For(n.want(), have)
}

// lock takes the volume, or waits for a container that is about to leave it,
// and then the folder that its WAL lies in.
func (n *Node) lock(ctx context.Context) error {
	if err := n.lockFolder(ctx, filepath.Dir(n.layout.State)); err != nil {
		return err
	}
	return n.lockWAL(ctx)
}

func (n *Node) lockFolder(ctx context.Context, root string) error {
	err := await(ctx, n.log, max(time.Duration(n.cfg.LockWait), time.Millisecond), "waiting for the volume", func(context.Context) error {
		return pgdata.Lock(root)
	})
	if errors.Is(err, pgdata.ErrLocked) {
		return locked(root)
	}
	return err
}

// locked refuses a second container on a volume.
func locked(root string) *pg.Fault {
	return &pg.Fault{Text: pgdata.ErrLocked.Error() + " (lock on " + root + ")", Exit: 75,
		Fix: "Two servers on one data directory destroy it. Find the other one and stop it: docker ps --filter volume=NAME."}
}

// MigrateLayout moves a cluster from the root of its volume to the layout of
// new volumes, while no server runs on it. It returns where the cluster is.
func MigrateLayout(ctx context.Context, log zerolog.Logger, cfg config.Config) (string, error) {
	n, err := NewNode(cfg, log, nil)
	if err != nil {
		return "", err
	}
	to := pgdata.Below(cfg.PGData)
	switch {
	case n.layout.TwoLayouts:
		return "", fmt.Errorf("%s and %s both hold a cluster; move one of them out of the volume", to.Old, to.Dir)
	case n.layout.Dir == to.Dir:
		return to.Dir, nil
	}
	if err := errors.Join(pgdata.CheckFiles(n.layout), pgdata.CheckFiles(to)); err != nil {
		return "", n.explainDisk(err)
	}
	if err := n.settle(); err != nil {
		return "", n.explainDisk(err)
	}
	if err := n.lock(ctx); err != nil {
		return "", err
	}
	return to.Dir, n.explainDisk(pgdata.Migrate(n.layout, to))
}
