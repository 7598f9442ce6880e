package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
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
	sight := doctor.Seen{Mode: cfg.Mode, Here: &seen, Silence: sinceStreaming(seen)}
	if seen.InRecovery {
		report.addStandby(ctx, cfg, &sight)
	} else {
		report.addPrimary(seen)
	}
	if sight.Followers, err = pgsql.Standbys(ctx, conn); err != nil {
		return report, err
	}
	sight.Slots, err = pgsql.Slots(ctx, conn)
	report.addFollowers(sight.Followers)
	report.addSlots(sight.Slots, sight.Followers)
	report.conclude(append(doctor.State(sight), doctor.Slots(sight)...))
	report.addSetAside(cfg)
	return report, err
}

func (r *Report) addPrimary(seen pg.Health) {
	r.Verdict = "the primary runs and its standbys stream"
	r.Nodes = append(r.Nodes, NodeRow{Name: "primary", Role: "primary", State: "running", Here: true, Timeline: seen.Timeline, Behind: -1, Heard: -1})
}

func (r *Report) addStandby(ctx context.Context, cfg config.Config, sight *doctor.Seen) {
	seen := sight.Here
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
		sight.Upstream = &primary
		row.Behind = max(0, int64(primary.LSN)-int64(seen.LSN))
	} else {
		sight.Refusal = &doctor.Refusal{ID: "upstream", Text: err.Error(), Fix: Hint(err)}
	}
	r.Nodes = append(r.Nodes, up, row)
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

func (r *Report) addFollowers(followers []pg.Follower) {
	for _, f := range followers {
		r.Nodes = append(r.Nodes, NodeRow{Name: f.Name, Role: "standby", State: f.State, Behind: f.Behind, Heard: f.Heard, Address: f.Addr})
	}
}

func (r *Report) addSlots(slots []pg.Slot, followers []pg.Follower) {
	users := map[string]string{}
	for _, f := range followers {
		users[f.Slot] = f.Name
	}
	for _, slot := range slots {
		r.Slots = append(r.Slots, SlotRow{Slot: slot, UsedBy: users[slot.Name]})
	}
}

// addSetAside names the data that a clone set aside.
func (r *Report) addSetAside(cfg config.Config) {
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return
	}
	for _, dir := range pgdata.ListAside(layout) {
		old := pgdata.Whole(layout, dir)
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
	report.conclude([]doctor.Finding{{ID: "server", Level: doctor.Critical, Text: cause.Error(), Fix: Hint(cause)}})
	if data.Contents == pg.Cluster {
		row := NodeRow{Name: "here", Role: "primary", State: "no answer", Here: true, Timeline: data.Timeline, Behind: -1, Heard: -1}
		if data.Standby {
			row.Role = "standby"
		}
		report.Nodes = []NodeRow{row}
	} else {
		report.Level = doctor.Unknown
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
