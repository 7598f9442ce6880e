package entrypoint

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
	"pgreplica/entrypoint/upstream"
)

// A start takes one volume from how it was found to a server that can run.
type start struct {
	*node.Node
	up      *upstream.Upstream
	have    plan.Have    // what the last inspection found
	args    []string     // of postgres
	environ []string     // the container's whole environment, for the init scripts alone
	locks   pgdata.Locks // on the folders that the lock of the volume does not protect
	copying time.Time    // when a base backup began
	made    bool         // this start made the cluster, so that its log does not say that it found one
}

// Prepare makes this container's data directory ready for its server and returns
// that server. args are those of postgres. The volume stays locked until this
// process has ended, or the postgres that it becomes.
func Prepare(ctx context.Context, log zerolog.Logger, cfg config.Config, args []string) (pgctl.Server, error) {
	environ := os.Environ()
	host.ForgetSecrets()
	n, err := node.Take(ctx, cfg, log, "looking at the volume", checkFirst)
	if err != nil {
		return pgctl.Server{}, err
	}
	s := &start{Node: n, up: upstream.New(n, args), args: args, environ: environ}
	defer s.up.Close()
	if err := s.walk(ctx); err != nil {
		return pgctl.Server{}, n.Explain(err)
	}
	return n.Server(s.args), nil
}

// walk takes all steps of a start, up to the server.
func (s *start) walk(ctx context.Context) error {
	if err := host.BorrowName(node.RunDir); err != nil {
		return err
	}
	defer host.ReturnName()
	if err := s.lockParts(ctx); err != nil {
		return err
	}
	if err := node.AwaitServer(ctx, s.Node); err != nil {
		return err
	}
	// The node id is on disk before a slot is named for it, or each attempt would
	// leave a slot on the primary.
	if err := s.Record.Save("new volume"); err != nil {
		return err
	}
	logSkippedScripts(s.Node)
	if err := boot(ctx, s.Log, want(s.Node), s); err != nil {
		return err
	}
	if err := s.assertMayOpen(); err != nil {
		return err
	}
	return pgctl.RemoveStalePID(s.Volume.Dir)
}

// want is what the environment asks of this server.
func want(n *node.Node) plan.Want {
	c := n.Config
	return plan.Want{
		Mode: n.Mode, Major: n.Major, SystemID: c.SystemID, RequireVolume: bool(c.RequireVolume),
		KeepExisting: c.ExistingData == "refuse", Reclone: c.AutoRejoin == "reclone", AskPeers: len(c.Peers) > 0, Slot: n.Slot, Verify: bool(c.CloneVerify),
	}
}

// checkFirst makes the checks that change nothing on disk.
func checkFirst(n *node.Node) error {
	if err := checkPlace(n); err != nil {
		return err
	}
	return checkNew(n)
}

// checkPlace refuses to make a cluster or a copy where the volume holds a cluster
// in another folder.
func checkPlace(n *node.Node) error {
	have, err := inspectVolume(n)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil // node.Take says next whose the volume is
	case err != nil:
		return err
	}
	return plan.Misplaced(want(n), have)
}

// checkNew refuses to make a cluster without a password for its superuser, or with
// values that initdb or PostgreSQL do not take.
func checkNew(n *node.Node) error {
	if n.Mode == pg.Standby {
		return nil
	}
	wrong := n.Config.CheckNewCluster(mistakesOfNew(n)...)
	if wrong == nil {
		return nil
	}
	data, err := pgdata.Inspect(n.Volume.Dir)
	if err != nil || data.Contents != pg.Empty {
		return err
	}
	return wrong
}

// mistakesOfNew are those in the variables that count for a new cluster alone.
func mistakesOfNew(n *node.Node) (found []config.Mistake) {
	if what := pgctl.CheckInitDBArgs(n.Config.InitDBArgs); what != "" {
		found = append(found, config.Mistake{ID: "env-value", Variable: "POSTGRES_INITDB_ARGS", What: what,
			Remedy: "Write options of initdb, such as --locale=es_ES.UTF-8 --data-checksums; where a file holds them, check that it is the right file."})
	}
	for _, wrong := range pgconf.CheckHBA(pgconf.HostHBA(n.Config.HostAuthMethod), n.Major, "") {
		found = append(found, config.Mistake{ID: "env-value", Variable: "POSTGRES_HOST_AUTH_METHOD", What: "cannot stand in pg_hba.conf: " + wrong.What,
			Remedy: "Write scram-sha-256, md5 or trust, or another method that a line for all hosts may have."})
	}
	return found
}
