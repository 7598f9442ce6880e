package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/plan"
)

// glance bounds the one look at another server that a start never goes without.
const glance = 2 * time.Second

// Inspect looks at the volume and, where the decision depends on it, once at
// the other servers.
func (n *Node) Inspect(ctx context.Context) (plan.Have, error) {
	have, err := n.look()
	if err != nil || have.Unfinished != pg.NoChange {
		return have, err
	}
	n.data = have.Data
	if have.Data.Contents == pg.Empty && have.Recorded.SystemID == 0 {
		have.Recorded.SystemID = pgdata.AsideID(n.layout)
	}
	switch {
	case n.cfg.Mode == pg.Standby && n.cfg.MasterServer != "":
		have.Upstream = n.lookUpstream(ctx)
		found := n.compare(ctx, have.Data, have.Upstream)
		have.Relation, have.Fork, have.Excess, have.Itself = found.kind, found.fork, found.excess, n.itself
	case n.cfg.Mode == pg.Primary && have.Data.Contents == pg.Empty:
		have.Peer = n.findPeer(ctx)
		have.Scripts, err = n.hasScripts()
	}
	return have, errors.Join(err, ctx.Err())
}

// look is the part of Inspect that is for the volume alone.
func (n *Node) look() (plan.Have, error) {
	journal, err := pgdata.ReadJournal(n.layout)
	have := plan.Have{
		Dir: n.layout.Dir, TwoLayouts: n.layout.TwoLayouts, Volume: n.layout.Volume, Unfinished: journal.Phase,
		Recorded:   plan.Recorded{SystemID: n.record.SystemID, Mode: n.record.Mode, Timeline: n.record.Timeline},
		Configured: n.configured,
	}
	if err != nil || have.Unfinished != pg.NoChange {
		return have, err
	}
	if have.Data, err = pgdata.Inspect(n.layout.Dir); err != nil || have.Data.Contents == pg.Cluster {
		return have, err
	}
	have.Around, err = pgdata.LookAround(n.layout)
	return have, err
}

// lookUpstream asks the upstream the first time and returns what it said; nil
// where it has not answered yet.
func (n *Node) lookUpstream(ctx context.Context) *pg.Server {
	if n.asked {
		return n.upstream
	}
	n.asked = true
	limited, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	server, err := n.ask().Identify(limited)
	if err != nil {
		n.log.Debug().Err(err).Msg("asked the upstream")
		n.silence, n.itself = err, n.ownAddress(limited, err)
		return nil
	}
	n.meet(server)
	return n.upstream
}

// meet takes note of what the upstream said of itself.
func (n *Node) meet(server pg.Server) {
	n.upstream = &server
	who := "the primary answers"
	if server.InRecovery {
		who = "the server at MASTER_SERVER answers; it is a standby itself, so this is a cascade"
	}
	n.log.Info().Str("host", n.cfg.MasterServer).Uint16("port", n.cfg.MasterPort).Str("version", server.Version).
		Str("system_id", server.SystemID.String()).Uint32("timeline", uint32(server.Timeline)).Msg(who)
	n.remark(server)
}

// findPeer asks the servers of PEERS whether one of them holds a cluster.
func (n *Node) findPeer(ctx context.Context) string {
	for _, peer := range n.cfg.Peers {
		server := n.server()
		server.Host, server.Port = peer, 5432
		if host, port, err := net.SplitHostPort(peer); err == nil {
			number, _ := strconv.ParseUint(port, 10, 16)
			server.Host, server.Port = host, uint16(number)
		}
		limited, cancel := context.WithTimeout(ctx, glance)
		found, err := pgsql.Identify(limited, server)
		cancel()
		if err == nil {
			return fmt.Sprintf("%s answers with system identifier %s, timeline %d", peer, found.SystemID, found.Timeline)
		}
		n.log.Debug().Err(err).Str("host", peer).Msg("asked a peer")
	}
	return ""
}
