package entrypoint

import (
	"context"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// upstream asks the server that a standby is to follow, over one connection.
func (e examination) upstream(ctx context.Context) {
	cfg := e.node.cfg
	if cfg.Mode != pg.Standby || cfg.MasterServer == "" || !cfg.ReplicationPassword.IsSet() {
		return
	}
	limited, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	asked := e.node.onlooker()
	session := pgsql.NewSession(asked)
	defer session.Close()
	link := doctor.Link{Host: cfg.MasterServer, Address: e.node.upstreamAddress(), SlotName: e.node.slot}
	e.seen.Link = &link
	began := time.Now()
	server, err := session.Identify(limited)
	link.Took = time.Since(began)
	if e.itself(limited, asked) {
		return
	}
	if err != nil {
		e.seen.Refusal = refusal(err)
		return
	}
	e.seen.Upstream = &server
	way := session.Link()
	link.Encrypted, link.Public = way.Encrypted, way.Public
	link.Slot, _, _ = session.ReadSlot(limited, e.node.slot)
	if own, found, err := session.SlotOf(limited, e.node.slot, server); found && err == nil {
		e.seen.Own = &own
	}
	e.history(limited, session)
	e.copy(limited, asked)
	if here := e.seen.Here; here != nil && here.InRecovery && !here.Receives() {
		e.seen.Refusal = e.node.askWhyNot(limited, session, *here)
	}
}

// itself finds a MASTER_SERVER that leads back to this server.
func (e examination) itself(ctx context.Context, asked pgsql.Upstream) bool {
	if asked.Port != e.node.ownPort() {
		return false
	}
	address := asked.Itself(ctx)
	if address != "" {
		e.seen.Refusal = &pg.Fault{ID: "upstream-is-self", Text: asked.Host + " is " + address + ", this server itself",
			Fix: "Set MASTER_SERVER to the primary's address, then " + pg.Slave.Up()}
	}
	return address != ""
}

// history compares where the two sides were promoted. A history that is not
// there, because the data is another cluster's, is not compared.
func (e examination) history(ctx context.Context, session *pgsql.Session) {
	upstream, timeline := e.seen.Upstream, e.seen.Data.Timeline
	id := e.seen.Data.SystemID
	if e.seen.Here != nil {
		timeline = e.seen.Here.Timeline
	}
	if id == 0 || id != upstream.SystemID || timeline == 0 {
		return
	}
	local, err := pgdata.TimelineHistory(e.node.layout.Dir, timeline)
	if err != nil {
		return
	}
	remote, err := session.TimelineHistory(ctx, upstream.Timeline)
	if err == nil {
		e.seen.History, _ = pg.Fork(local, timeline, remote, upstream.Timeline)
	}
}

// copy estimates what a base backup takes, where one is to be made. A primary
// may keep its size from a replication role; then nobody knows.
func (e examination) copy(ctx context.Context, asked pgsql.Upstream) {
	if e.seen.Here != nil || e.seen.Data.Contents == pg.Cluster {
		return
	}
	if bytes, err := pgsql.DataBytes(ctx, asked, adminDB); err == nil {
		e.seen.Volume.Needs = needs(bytes)
	}
}
