package entrypoint

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/report"
)

const (
	// statusPatience bounds everything that status waits for.
	statusPatience = 2800 * time.Millisecond
	// asidePatience bounds adding up each folder of old data.
	asidePatience = 20 * time.Millisecond
)

// Status looks at this container's server, and from a standby at its primary.
// It starts no process while a server runs.
func Status(ctx context.Context, cfg config.Config) (report.Report, error) {
	if err := host.BecomeServerUser(); err != nil {
		return report.Report{}, err
	}
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return report.Report{}, err
	}
	limited, cancel := context.WithTimeout(ctx, statusPatience)
	defer cancel()
	g := gathering{node: &Node{cfg: cfg, layout: layout}, seen: doctor.Seen{Mode: cfg.Mode, Now: time.Now().UTC(), Aside: asideOf(layout)}}
	if cfg.MasterServer != "" {
		g.seen.Link = &doctor.Link{Host: cfg.MasterServer, Address: g.node.upstreamAddress()}
	}
	conn, err := local(limited, cfg, layout)
	if err == nil {
		defer conn.Close(limited)
		err = g.running(limited, conn)
	}
	if err != nil {
		err = g.silent(limited, err)
	}
	if err = errors.Join(err, ctx.Err()); err != nil {
		return report.Report{}, err
	}
	return report.Of(g.seen), nil
}

// A gathering fills in what is seen.
type gathering struct {
	node *Node
	seen doctor.Seen
}

// running asks the server of this container and, where it is a standby, the
// one that it follows.
func (g *gathering) running(ctx context.Context, conn *pgx.Conn) error {
	here, err := pgsql.Look(ctx, conn)
	if err != nil {
		return err
	}
	if g.seen.Followers, err = pgsql.Standbys(ctx, conn); err != nil {
		return err
	}
	if g.seen.Slots, err = pgsql.Slots(ctx, conn); err != nil {
		return err
	}
	cfg := g.node.cfg
	see(&g.seen, cfg, g.node.layout, here)
	g.seen.Files = rejectedFiles(g.node.layout)
	if here.InRecovery && cfg.MasterServer != "" && cfg.ReplicationPassword.IsSet() {
		g.lookUp(ctx)
	}
	return nil
}

// lookUp asks the server that this one follows.
func (g *gathering) lookUp(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	session := pgsql.NewSession(g.node.onlooker())
	defer session.Close()
	server, err := session.Identify(limited)
	if err != nil {
		g.seen.Refusal = refusal(err)
		return
	}
	g.seen.Upstream = &server
	if slot := g.seen.Here.Slot; slot != "" {
		if own, found, err := session.SlotOf(limited, slot, server); err == nil && found {
			g.seen.Own = &own
		}
	}
	if !g.seen.Here.Receives() {
		g.seen.Refusal = g.node.askWhyNot(limited, session, *g.seen.Here)
	}
}

// asideOf is the old data on a volume.
func asideOf(layout pgdata.Layout) (all []doctor.OldData) {
	for _, dir := range pgdata.ListAside(layout) {
		old := pgdata.Whole(layout, dir)
		bytes, whole := old.Size(asidePatience)
		all = append(all, doctor.OldData{Folders: old, Bytes: bytes, Whole: whole})
	}
	return all
}
