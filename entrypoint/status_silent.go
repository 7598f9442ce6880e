package entrypoint

import (
	"context"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// silent looks on the volume at what a server was that does not answer.
// pg_controldata is a process, so that it is asked only where there is no server
// to harm.
func (g *gathering) silent(ctx context.Context, cause error) error {
	layout := g.node.layout
	data, err := pgdata.Inspect(layout.Dir)
	if err != nil {
		return err
	}
	g.seen.Silent, g.seen.Data = refusal(cause), &data
	g.seen.Working, _ = underWay(doingFile, "/proc")
	g.seen.Volume = &doctor.Volume{Dir: layout.Dir, InUse: pgdata.InUse(layout)}
	if g.seen.Silent.ID != "refused" || g.seen.Working != "" || g.seen.Volume.InUse || data.Contents != pg.Cluster {
		return nil
	}
	if control, err := pgctl.ControlData(ctx, layout.Dir); err == nil {
		g.seen.Stopped = &doctor.Stopped{State: control.State, Timeline: control.Timeline(), LSN: control.Checkpoint}
	}
	return nil
}
