package entrypoint

import (
	"context"
	"errors"
	"fmt"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// silent tells from the volume what a server was that does not answer.
func (s *sight) silent(ctx context.Context, cause error) error {
	failure, _ := errors.AsType[*pgsql.Failure](cause)
	found := doctor.Finding{ID: "server", Level: doctor.Critical, Text: cause.Error(), Fix: pg.Hint(cause)}
	layout := s.node.layout
	data, err := pgdata.Inspect(layout.Dir)
	if err != nil {
		return err
	}
	state := "no answer"
	switch {
	case failure == nil:
	case failure.ID == "starting":
		state = "starting"
	case failure.ID == "refused":
		state = s.absent(&found, data)
	}
	s.report.System = data.SystemID
	if data.Contents == pg.Cluster {
		s.report.Nodes = []NodeRow{s.resting(ctx, data, state)}
	}
	s.report.conclude("", []doctor.Finding{found})
	return nil
}

// absent says why no server is there at all.
func (s *sight) absent(found *doctor.Finding, data pg.DataDir) (state string) {
	what, working := underWay(doingFile, "/proc")
	switch {
	case working:
		found.Level, found.Text = doctor.Warning, "no server runs yet: "+what
		found.Fix = "Wait, or see how far it is: " + s.node.service().LogTail()
		return "preparing"
	case pgdata.InUse(s.node.layout):
		found.Text = "no server runs in this container, but another one uses the volume"
		found.Fix = "Ask that one: " + s.node.service().Exec("pgreplica status")
		return "in use elsewhere"
	case data.Contents != pg.Cluster:
		found.Level = doctor.Unknown
		found.Text = fmt.Sprintf("no server runs, and the data directory is %s", data.Contents)
		found.Fix = "See what a start would do: " + s.node.service().Run("plan")
	default:
		found.Text, found.Fix = "no server runs here", "Start it: "+s.node.service().Up()
	}
	return "stopped"
}

// resting is the row of a cluster whose server does not run. pg_controldata is
// a process, so that it is asked only where there is no server to harm.
func (s *sight) resting(ctx context.Context, data pg.DataDir, state string) NodeRow {
	row := unknownRow(string(s.node.cfg.Mode), pg.Primary, state)
	row.Here, row.Wanted, row.Timeline, row.Trouble = true, s.node.cfg.Mode, data.Timeline, doctor.Critical
	if data.Standby {
		row.Role = pg.Standby
	}
	s.report.This = row.Name
	if state != "stopped" {
		return row
	}
	if control, err := pgctl.ControlData(ctx, s.node.layout.Dir); err == nil {
		row.State, row.Timeline, row.LSN = control.State, control.Timeline(), control.Checkpoint
	}
	return row
}
