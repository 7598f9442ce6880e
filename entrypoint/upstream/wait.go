package upstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
)

// Await waits until the upstream answers. It also ends where the upstream can
// only be this server, which will never answer while it waits; the plan then says
// so.
func (u *Upstream) Await(ctx context.Context) error {
	log := u.node.Log.With().Str("host", u.server.Host).Uint16("port", u.server.Port).Logger()
	return node.Await(ctx, log, time.Duration(u.node.Config.MasterWaitTimeout), "waiting for the primary", func(ctx context.Context) error {
		err := u.ask(ctx)
		if _, self := u.Self(); self {
			return nil
		}
		return err
	})
}

// AskSoon asks a standby's upstream, and gives one that is on its way a few seconds:
// without that PostgreSQL would try once, and again only after five.
func (u *Upstream) AskSoon(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, node.SoonLimit)
	defer cancel()
	for u.Ask(ctx) == nil && u.isOnItsWay() {
		select {
		case <-limited.Done():
			return
		case <-time.After(node.SoonPause):
			u.answer = nil
		}
	}
}

// isOnItsWay says whether the upstream gave an answer that one gives which starts.
func (u *Upstream) isOnItsWay() bool {
	_, self := u.Self()
	return !self && pgsql.IsOnItsWay(u.Err())
}

// Reserve makes the slot for a standby that is to be copied, or uses the one that
// is there. Then it waits until the upstream has a second walsender to spare,
// because a base backup takes two.
func (u *Upstream) Reserve(ctx context.Context, slot string) error {
	found := false
	log := u.node.Log.With().Str("slot", slot).Logger()
	err := node.Await(ctx, log, node.SlotLimit, "waiting for the slot", func(ctx context.Context) (err error) {
		found, err = u.session.Reserve(ctx, slot)
		return err
	})
	if failure, ok := errors.AsType[*pgsql.Failure](err); ok && failure.ID == "slot-active" {
		failure.Class = pgsql.Permanent // our own connection would have ended by now
	}
	if err != nil {
		return err
	}
	if found && u.node.Config.MasterSlot != "" {
		log.Warn().Str("hint", "Where another standby uses it too, give each a MASTER_SLOT of its own.").Msg("the slot was there already, and is used again")
	}
	return node.Await(ctx, u.node.Log, node.SlotLimit, "waiting for a second walsender", u.tryTwoSenders)
}

// tryTwoSenders takes a second walsender beside the session's for a moment.
func (u *Upstream) tryTwoSenders(ctx context.Context) error {
	second, err := pgsql.Open(ctx, u.server)
	second.Close()
	return err
}

// remark logs three properties of the upstream that do not stop a start:
// synchronous standbys, an unknown version, another distribution.
func (u *Upstream) remark(server pg.Server) {
	if named, any := server.Settings.Synchronous(u.node.Slot); any && !named {
		u.node.Log.Info().Str("synchronous_standby_names", server.Settings["synchronous_standby_names"]).Str("hint", "To have commits wait for this standby, add "+u.node.Slot+" there.").
			Msg("the primary's commits wait for other standbys than this one")
	}
	if server.Major < pg.OldestMajor || server.Major > pg.NewestMajor {
		u.node.Log.Warn().Str("version", server.Version).Str("hint", fmt.Sprintf("Known are %d to %d: look for a newer pgreplica.", pg.OldestMajor, pg.NewestMajor)).
			Msg("this version of PostgreSQL is not known here")
	}
	there, here := pg.BuiltOn(server.Version), host.Distribution()
	if there != here {
		u.node.Log.Warn().Str("primary", cmp.Or(there, "another")).Str("standby", cmp.Or(here, "another")).
			Str("hint", "Build both images from the same base. Otherwise, after a promotion: "+pg.Slave.Exec("reindexdb -U postgres --all")).
			Msg("the primary was built on another distribution: if that one sorts text differently, indexes on text are corrupt here")
	}
}

// Keep makes the slot of this standby, whose data is here already, where it is not
// there any more.
func (u *Upstream) Keep(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, node.AskLimit)
	defer cancel()
	return u.session.Keep(limited, u.node.Slot)
}
