package look

import (
	"context"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// lookWithoutServer looks at what a server that does not answer left on the volume;
// cause is why it does not. pg_controldata is a process, and so is run only where
// no server is there that an orphan could crash.
func (g *gatherer) lookWithoutServer(ctx context.Context, cause error) error {
	volume := g.node.Volume
	g.seen.NoAnswer, g.seen.PIDFile = pgsql.FaultOf(cause), pgdata.ServerStatus(volume.Dir)
	g.seen.Working, _ = node.UnderWay()
	g.seen.Stalled = node.Stalled()
	if g.depth == Health && g.seen.NoAnswer.ID == "starting" {
		g.seen.Replay = pgdata.Replaying(volume.Dir)
	}
	if id := g.seen.NoAnswer.ID; id == "login" || id == "locale" {
		if err := g.outside(); err != nil {
			return err
		}
	}
	if g.depth != Status {
		return nil
	}
	data, err := pgdata.Inspect(volume.Dir)
	if err != nil {
		return err
	}
	g.seen.Data, g.seen.Volume = &data, &doctor.Volume{Dir: volume.Dir, InUse: pgdata.InUse(volume)}
	if g.seen.NoAnswer.ID != "refused" || g.seen.Working != "" || g.seen.Volume.InUse || data.Contents != pg.Cluster {
		return nil
	}
	if control, err := pgctl.ControlData(ctx, volume.Dir); err == nil {
		g.seen.Stopped = &doctor.Stopped{State: control.State, Timeline: control.Timeline(), LSN: control.Checkpoint}
	}
	return nil
}

// outside looks at what can be known of a server that refuses our login.
func (g *gatherer) outside() error {
	dir := g.node.Volume.Dir
	standby, err := pgdata.IsStandby(dir)
	if err != nil {
		return err
	}
	g.seen.Outside = &doctor.Outside{Standby: standby, Reception: pgdata.Receiver(dir)}
	if g.seen.Outside.Reception == pg.Streams {
		node.Streamed(time.Now())
	}
	g.seen.SinceStreaming = lastStreamed()
	return nil
}
