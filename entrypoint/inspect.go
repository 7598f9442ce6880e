package entrypoint

import (
	"context"
	"errors"
	"strings"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
	"pgreplica/entrypoint/upstream"
)

// inspect looks at the volume and, where the decision depends on them, asks the
// other servers.
func (s *start) inspect(ctx context.Context) (plan.Have, error) {
	have, err := inspectVolume(s.Node)
	have.Configured = s.have.Configured
	if err == nil && have.Unfinished == pg.NoChange {
		err = s.inspectOthers(ctx, &have)
	}
	s.have = have
	return have, err
}

// inspectVolume is the part of inspect that looks at the volume.
func inspectVolume(n *node.Node) (plan.Have, error) {
	journal, err := pgdata.ReadJournal(n.Volume)
	have := plan.Have{
		Dir: n.Volume.Dir, TwoLayouts: n.Volume.TwoLayouts, Volume: n.Volume.Volume, Unfinished: journal.Phase,
		Recorded: plan.Recorded{SystemID: n.Record.SystemID, Mode: n.Record.Mode, Timeline: n.Record.Timeline},
	}
	if err != nil || have.Unfinished != pg.NoChange {
		return have, err
	}
	if have.Data, err = pgdata.Inspect(n.Volume.Dir); err != nil || have.Data.Contents == pg.Cluster {
		return have, err
	}
	have.Around, err = pgdata.LookAround(n.Volume)
	return have, err
}

// inspectOthers is the part of inspect that asks other servers. Where a new
// cluster is to be made it also looks for init scripts.
func (s *start) inspectOthers(ctx context.Context, have *plan.Have) (err error) {
	empty := have.Data.Contents == pg.Empty
	if empty && have.Recorded.SystemID == 0 {
		have.Recorded.SystemID = pgdata.AsideID(s.Volume)
	}
	switch {
	case s.Follows():
		have.Upstream = s.up.Ask(ctx)
		found := s.up.Compare(ctx, have.Data)
		have.Relation, have.Fork, have.Excess = found.Kind, found.Fork, found.Excess
		have.SelfReason, have.UpstreamIsSelf = s.up.Self()
	case s.Mode == pg.Primary && empty:
		have.Peer, have.PeerHasCluster = upstream.FindPeer(ctx, s.Node, node.AskLimit)
		if len(s.Config.Peers) > 0 && !have.PeerHasCluster {
			s.Log.Info().Str("peers", strings.Join(s.Config.Peers, " ")).Msg("no server of PEERS answers")
		}
		have.Scripts, err = hasScripts()
	}
	return errors.Join(err, ctx.Err())
}
