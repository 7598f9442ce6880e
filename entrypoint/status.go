package entrypoint

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

const (
	// statusPatience bounds everything that status waits for.
	statusPatience = 2800 * time.Millisecond
	// asidePatience bounds adding up each folder of old data.
	asidePatience = 20 * time.Millisecond
)

// Status looks at this container's server, and from a standby at its primary.
// It starts no process while a server runs.
func Status(ctx context.Context, cfg config.Config) (Report, error) {
	if err := host.BecomeServerUser(); err != nil {
		return Report{}, err
	}
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return Report{}, err
	}
	limited, cancel := context.WithTimeout(ctx, statusPatience)
	defer cancel()
	s := sight{node: &Node{cfg: cfg, layout: layout}, report: Report{At: time.Now().UTC(), Aside: asideOf(layout)}}
	conn, err := local(limited, cfg, layout)
	if err == nil {
		defer conn.Close(limited)
		err = s.running(limited, conn)
	}
	if err != nil {
		err = s.silent(limited, err)
	}
	if ctx.Err() != nil {
		return s.report, ctx.Err()
	}
	return s.report, err
}

// A sight is a report while it is made, and what it is judged by.
type sight struct {
	node   *Node
	seen   doctor.Seen
	report Report
}

// running asks the server of this container and, where it is a standby, the
// one that it follows.
func (s *sight) running(ctx context.Context, conn *pgx.Conn) error {
	here, err := pgsql.Look(ctx, conn)
	if err != nil {
		return err
	}
	cfg := s.node.cfg
	s.seen = doctor.Seen{Mode: cfg.Mode}
	see(&s.seen, cfg, s.node.layout, here)
	s.seen.Files = rejectedFiles(s.node.layout)
	if s.seen.Followers, err = pgsql.Standbys(ctx, conn); err != nil {
		return err
	}
	if s.seen.Slots, err = pgsql.Slots(ctx, conn); err != nil {
		return err
	}
	if here.InRecovery && cfg.MasterServer != "" && cfg.ReplicationPassword.IsSet() {
		s.lookUp(ctx)
	}
	s.tell()
	return nil
}

// lookUp asks the server that this one follows.
func (s *sight) lookUp(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	session := pgsql.NewSession(s.node.onlooker())
	defer session.Close()
	server, err := session.Identify(limited)
	if err != nil {
		s.seen.Refusal = refusal(err)
		return
	}
	s.seen.Upstream = &server
	if slot := s.seen.Here.Slot; slot != "" {
		if own, found, err := session.SlotOf(limited, slot, server); err == nil && found {
			s.seen.Own = &own
		}
	}
	if !s.seen.Here.Receives() {
		s.seen.Refusal = s.node.askWhyNot(limited, session, *s.seen.Here)
	}
}

func asideOf(layout pgdata.Layout) []OldData {
	var all []OldData
	for _, dir := range pgdata.ListAside(layout) {
		old := pgdata.Whole(layout, dir)
		bytes, whole := old.Size(asidePatience)
		all = append(all, OldData{dir, bytes, whole, removeAside(old)})
	}
	return all
}
