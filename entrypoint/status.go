package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// Status looks at this container's server, and from a standby at its primary.
func Status(ctx context.Context, cfg config.Config) (Report, error) {
	if err := BecomeServerUser(); err != nil {
		return Report{}, err
	}
	report := Report{At: time.Now().UTC()}
	conn, err := local(ctx, cfg)
	if err != nil {
		return statusAtRest(report, cfg, err)
	}
	defer conn.Close(ctx)
	seen, err := pgsql.Look(ctx, conn)
	if err != nil {
		return report, err
	}
	report.Version, report.System = seen.Version, seen.SystemID
	if seen.InRecovery {
		report.addStandby(ctx, cfg, seen)
	} else {
		report.addPrimary(cfg, seen)
	}
	followers, err := pgsql.Standbys(ctx, conn)
	if err != nil {
		return report, err
	}
	slots, err := pgsql.Slots(ctx, conn)
	report.addFollowers(followers, !seen.InRecovery)
	report.addSlots(slots, followers)
	report.addSetAside(cfg)
	return report, err
}

func (r *Report) addPrimary(cfg config.Config, seen pgsql.Health) {
	r.Verdict = "the primary runs and its standbys stream"
	r.Nodes = append(r.Nodes, NodeRow{Name: "primary", Role: "primary", State: "running", Here: true, Timeline: seen.Timeline, Behind: -1, Heard: -1})
	if cfg.Mode == pg.Standby {
		r.raise(Critical, "this server is to be a standby, but it accepts writes",
			"If it was promoted on purpose, start it with REPLICATION_MODE=primary; otherwise stop it now: docker compose stop slave")
	}
}

func (r *Report) addStandby(ctx context.Context, cfg config.Config, seen pgsql.Health) {
	r.Verdict = "the standby streams from its primary"
	row := NodeRow{Name: seen.ClusterName, Role: "standby", State: "not connected", Here: true, Timeline: seen.Timeline, Behind: -1, Heard: -1}
	if row.Name == "" {
		row.Name = "standby"
	}
	if seen.Receiver != nil {
		row.State, row.Heard, row.Behind = seen.Receiver.Status, seen.Receiver.Heard, seen.Behind()
	}
	up, primary, err := lookUp(ctx, cfg)
	if err == nil {
		row.Behind = max(0, int64(primary.LSN)-int64(seen.LSN))
	}
	r.Nodes = append(r.Nodes, up, row)
	switch {
	case cfg.Mode == pg.Primary:
		r.raise(Critical, "this server is to be a primary, but it is a standby", "")
	case err != nil && !seen.Streaming():
		r.raise(Critical, "the standby does not stream: "+err.Error(), Hint(err))
	case !seen.Streaming():
		r.raise(Critical, "the standby does not stream, though its primary answers", "PostgreSQL says why in the log: docker compose logs --tail 20 slave")
	case seen.ReplayPaused:
		r.raise(Warning, "replay is paused", "Continue it: docker compose exec slave psql -U postgres -c 'SELECT pg_wal_replay_resume()'")
	}
}

// lookUp asks the upstream, where the environment says which it is.
func lookUp(ctx context.Context, cfg config.Config) (NodeRow, pg.Server, error) {
	server := (&Node{cfg: cfg}).server()
	row := NodeRow{Name: cfg.MasterServer, Role: "primary", State: "no answer", Behind: -1, Heard: -1, Address: net.JoinHostPort(server.Host, fmt.Sprint(server.Port))}
	if cfg.MasterServer == "" {
		row.Name, row.State, row.Address = "primary", "not asked", ""
		return row, pg.Server{}, errors.New("MASTER_SERVER is not set, so its primary was not asked")
	}
	limited, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	primary, err := pgsql.Identify(limited, server)
	if err != nil {
		return row, primary, err
	}
	row.State, row.Timeline = "running", primary.Timeline
	if primary.InRecovery {
		row.Role = "standby"
	}
	return row, primary, nil
}

func (r *Report) addFollowers(followers []pgsql.Follower, primary bool) {
	streaming := 0
	for _, f := range followers {
		if f.State == "streaming" {
			streaming++
		}
		r.Nodes = append(r.Nodes, NodeRow{Name: f.Name, Role: "standby", State: f.State, Behind: f.Behind, Heard: f.Heard, Address: f.Addr})
	}
	if primary && streaming == 0 {
		r.raise(Warning, "no standby streams from this primary", "Look at the standby: docker compose exec slave pgreplica status")
	}
}

func (r *Report) addSlots(slots []pg.Slot, followers []pgsql.Follower) {
	users := map[string]string{}
	for _, f := range followers {
		users[f.Slot] = f.Name
	}
	for _, slot := range slots {
		r.Slots = append(r.Slots, SlotRow{Slot: slot, UsedBy: users[slot.Name]})
		switch {
		case slot.WALStatus == "lost":
			r.raise(Critical, fmt.Sprintf("slot %s lost WAL that its standby needs", slot.Name),
				"Its standby must be copied anew: move its data away, then docker compose up -d slave")
		case !slot.Active:
			r.raise(Warning, fmt.Sprintf("slot %s keeps %s of WAL for nobody", slot.Name, size(slot.Kept)),
				fmt.Sprintf("If its standby is gone: docker compose exec master psql -U postgres -c \"SELECT pg_drop_replication_slot('%s')\"", slot.Name))
		}
	}
}

// addSetAside names the data that a clone set aside.
func (r *Report) addSetAside(cfg config.Config) {
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return
	}
	for _, old := range pgdata.ListAside(layout) {
		r.Advice = append(r.Advice, fmt.Sprintf("Old data is kept (%s). When it is no longer needed: %s", sizeOf(old, glance/2), removeAside(old)))
	}
}

// statusAtRest tells from the volume what a server that does not answer was.
func statusAtRest(report Report, cfg config.Config, cause error) (Report, error) {
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return report, err
	}
	data, err := pgdata.Inspect(layout.Dir)
	report.System = data.SystemID
	report.raise(Critical, cause.Error(), Hint(cause))
	if data.Contents == pg.Cluster {
		row := NodeRow{Name: "here", Role: "primary", State: "no answer", Here: true, Timeline: data.Timeline, Behind: -1, Heard: -1}
		if data.Standby {
			row.Role = "standby"
		}
		report.Nodes = []NodeRow{row}
	} else {
		report.raise(Unknown, "", "")
		report.Verdict = fmt.Sprintf("no server answers and the data directory holds %s data", data.Contents)
	}
	return report, errors.Join(err, ctxError(cause))
}

// ctxError passes on only that the caller was told to stop.
func ctxError(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
