package look

import (
	"context"
	"time"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/upstream"
)

// lookAtUpstream asks the server that a standby follows, as much as the depth needs.
func (g *gatherer) lookAtUpstream(ctx context.Context) {
	server := g.seen.Server
	recovers := server != nil && server.InRecovery
	switch {
	case g.depth == Health && recovers && g.node.Mode == pg.Standby && !server.Receives():
		up := upstream.ToLook(g.node)
		defer up.Close()
		g.seen.UpstreamFault = up.WhyNot(ctx, *server)
	case g.depth == Status && recovers && g.node.MayAsk():
		g.askUpstream(ctx, server.Slot)
	case g.depth == Doctor && g.node.Mode == pg.Primary && server == nil && g.seen.Data.Contents == pg.Empty:
		g.seen.Peer, _ = upstream.FindPeer(ctx, g.node, node.AskAgainLimit)
	case g.depth == Doctor && g.node.Mode == pg.Standby && g.node.MayAsk():
		g.askUpstream(ctx, g.node.Slot)
	}
}

// askUpstream asks the server that a standby follows, over one connection. slot is
// the standby's there, or empty where it has none.
func (g *gatherer) askUpstream(ctx context.Context, slot string) {
	limited, cancel := context.WithTimeout(ctx, node.AskLimit)
	defer cancel()
	up := upstream.ToLook(g.node)
	defer up.Close()
	began := time.Now()
	g.seen.Upstream = up.Ask(limited)
	g.seen.Link.Took = time.Since(began)
	if g.depth == Doctor && g.leadsHere(limited, up) {
		return
	}
	if g.seen.Upstream == nil {
		g.seen.UpstreamFault = pgsql.FaultOf(up.Err())
		return
	}
	if slot != "" {
		if own, found, err := up.Session().SlotOf(limited, slot, *g.seen.Upstream); found && err == nil {
			g.seen.StandbySlot = &own
		}
	}
	if g.depth == Doctor {
		g.examineUpstream(limited, up)
	}
	if server := g.seen.Server; server != nil && server.InRecovery && !server.Receives() {
		g.seen.UpstreamFault = up.AskWhyNot(limited, *server)
	}
}

// leadsHere says whether MASTER_SERVER leads back to this server, and notes that as
// the fault.
func (g *gatherer) leadsHere(ctx context.Context, up *upstream.Upstream) bool {
	address := up.OwnAddress(ctx)
	if address != "" {
		g.seen.Upstream = nil
		g.seen.UpstreamFault = &pg.Fault{ID: "upstream-is-self", Text: g.seen.Link.Host + " is " + address + ", this server itself",
			Fix: "Set MASTER_SERVER to the primary's address, then " + pg.Slave.Up()}
	}
	return address != ""
}

// examineUpstream asks an upstream that answers what only doctor judges.
func (g *gatherer) examineUpstream(ctx context.Context, up *upstream.Upstream) {
	way := up.Session().Link()
	g.seen.Link.Encrypted, g.seen.Link.Public = way.Encrypted, way.Public
	g.seen.Link.Slot, _, _ = up.Session().ReadSlot(ctx, g.seen.Link.SlotName)
	g.compareHistory(ctx, up)
	g.estimateCopy(ctx, up)
}

// compareHistory compares the timeline histories of this server and its upstream.
// Where the data is of another cluster there is nothing to compare.
func (g *gatherer) compareHistory(ctx context.Context, up *upstream.Upstream) {
	there, timeline, id := g.seen.Upstream, g.seen.Data.Timeline, g.seen.Data.SystemID
	if g.seen.Server != nil {
		timeline = g.seen.Server.Timeline
	}
	if id == 0 || id != there.SystemID || timeline == 0 {
		return
	}
	local, err := pgdata.TimelineHistory(g.node.Volume.Dir, timeline)
	if err != nil {
		return
	}
	remote, err := up.Session().TimelineHistory(ctx, there.Timeline)
	if err == nil {
		g.seen.UpstreamHistory, _ = pg.Fork(local, timeline, remote, there.Timeline)
	}
}

// estimateCopy estimates the room that a base backup needs, where one is to be
// made. A replication role may not be allowed to ask for the primary's size; then
// the estimate is left out.
func (g *gatherer) estimateCopy(ctx context.Context, up *upstream.Upstream) {
	if g.seen.Server != nil || g.seen.Data.Contents == pg.Cluster {
		return
	}
	if bytes, err := up.DataBytes(ctx); err == nil {
		g.seen.Volume.Needs = pgdata.CopyNeeds(bytes)
	}
}
