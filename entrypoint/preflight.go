package entrypoint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgsql"
)

// awaitPrimary waits until the upstream answers. It also ends where it can only
// be this server, which will never answer while it waits; the plan then says so.
func (n *Node) awaitPrimary(ctx context.Context) error {
	log := n.log.With().Str("host", n.cfg.MasterServer).Uint16("port", n.cfg.MasterPort).Logger()
	return await(ctx, log, time.Duration(n.cfg.MasterWaitTimeout), "waiting for the primary", func(ctx context.Context) error {
		server, err := n.ask().Identify(ctx)
		if err == nil {
			n.meet(server)
		} else if n.itself = n.ownAddress(ctx, err); n.itself != "" {
			return nil
		}
		return err
	})
}

// slotLimit is how long a slot may stay in use by somebody else: our own dead
// connection holds it for wal_sender_timeout, a minute by default.
const slotLimit = 90 * time.Second

func (n *Node) reserveSlot(ctx context.Context, slot string) error {
	found := false
	log := n.log.With().Str("slot", slot).Logger()
	err := await(ctx, log, slotLimit, "waiting for the slot", func(ctx context.Context) (err error) {
		found, err = n.ask().Reserve(ctx, slot)
		return err
	})
	if failure, ok := errors.AsType[*pgsql.Failure](err); ok && failure.ID == "slot-active" {
		failure.Class = pgsql.Permanent // our own connection would have ended by now
	}
	if err != nil {
		return err
	}
	if found && n.cfg.MasterSlot != "" {
		log.Warn().Str("hint", "Where another standby uses it too, give each a MASTER_SLOT of its own.").Msg("the slot was there already, and is used again")
	}
	return await(ctx, n.log, slotLimit, "waiting for a second walsender", n.tryTwoSenders)
}

// tryTwoSenders takes a second walsender beside the session's for a moment.
func (n *Node) tryTwoSenders(ctx context.Context) error {
	second, err := pgsql.Open(ctx, n.server())
	second.Close()
	return err
}

// ownAddress says why a port that nobody listens on can only be the one of this
// server. Nothing listens there because it does not run yet.
func (n *Node) ownAddress(ctx context.Context, err error) string {
	failure, ok := errors.AsType[*pgsql.Failure](err)
	if !ok || failure.ID != "refused" || n.cfg.MasterPort != n.ownPort() {
		return ""
	}
	address := n.server().Itself(ctx)
	if address == "" {
		return ""
	}
	return fmt.Sprintf("%s is %s, an address of this container, and port %d its own", n.cfg.MasterServer, address, n.cfg.MasterPort)
}

// ownPort is where this server will listen, as far as its files and arguments
// say.
func (n *Node) ownPort() uint16 {
	return pgconf.ConfiguredPort(n.args, filepath.Join(n.layout.Dir, "postgresql.conf"), filepath.Join(n.cfg.ConfigDir, "postgresql.conf"),
		filepath.Join(n.layout.Dir, "postgresql.auto.conf"))
}

// remark says what the upstream tells of itself that stops nothing, and that
// somebody may want to know before it matters.
func (n *Node) remark(upstream pg.Server) {
	if named, any := upstream.Settings.Synchronous(n.slot); any && !named {
		n.log.Info().Str("synchronous_standby_names", upstream.Settings["synchronous_standby_names"]).Str("hint", "To have commits wait for this standby, add "+n.slot+" there.").
			Msg("the primary's commits wait for other standbys than this one")
	}
	if upstream.Major < pg.OldestMajor || upstream.Major > pg.NewestMajor {
		n.log.Warn().Str("version", upstream.Version).Str("hint", fmt.Sprintf("Known are %d to %d: look for a newer pgreplica.", pg.OldestMajor, pg.NewestMajor)).
			Msg("this version of PostgreSQL is not known here")
	}
	theirs, ours := pg.BuiltOn(upstream.Version), host.Distribution()
	if theirs != ours {
		n.log.Warn().Str("primary", cmp.Or(theirs, "another")).Str("standby", cmp.Or(ours, "another")).
			Str("hint", "Build both images from the same base. Otherwise, after a promotion: "+pg.Slave.Exec("reindexdb -U postgres --all")).
			Msg("the primary was built on another distribution: if that one sorts text differently, indexes on text are corrupt here")
	}
}
