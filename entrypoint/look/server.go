package look

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/provision"
)

// lookAtServer asks the server of this container. Where it does not answer it looks
// at what the server left on the volume.
func (g *gatherer) lookAtServer(ctx context.Context) error {
	conn, err := g.node.Local(ctx)
	if err == nil {
		defer conn.Close(ctx)
		err = g.ask(ctx, conn)
	}
	if err == nil || g.depth == Slots {
		return err
	}
	g.seen.Server = nil
	return g.lookWithoutServer(ctx, err)
}

// ask asks the server over one connection, as much as the depth needs.
func (g *gatherer) ask(ctx context.Context, conn *pgx.Conn) error {
	switch g.depth {
	case Live:
		return nil
	case Slots, Status:
		if err := provision.LookAtSlots(ctx, conn, &g.seen); err != nil {
			return err
		}
	default:
		server, err := pgsql.Look(ctx, conn)
		if err != nil {
			return err
		}
		g.seen.Server = &server
		g.askMore(ctx, conn)
	}
	g.lastRead()
	g.seen.SinceStreaming, g.seen.Outgrown = markStreaming(*g.seen.Server), outgrown(g.node.Volume, *g.seen.Server)
	g.seen.SinceReplay = markReplay(*g.seen.Server)
	return nil
}

// lastRead keeps when the slots were read: the server of up to 16 does not.
func (g *gatherer) lastRead() {
	if g.depth != Health {
		g.seen.LastRead = node.LastRead()
		return
	}
	var names []string
	for _, slot := range g.seen.Slots {
		if slot.Active {
			names = append(names, slot.Name)
		}
	}
	if len(names) > 0 {
		node.SlotsRead(names)
	}
}

// markReplay marks how far a standby has replayed that may get its WAL by
// restore_command, and returns how long ago that was seen to move.
func markReplay(server pg.Health) time.Duration {
	if server.InRecovery && server.Restores && !server.Receives() {
		if since, moved := node.Replayed(server.LSN); moved {
			return since
		}
	}
	return doctor.NeverStreamed
}

// askMore asks what not every role may see. What the role may not see is left out.
func (g *gatherer) askMore(ctx context.Context, conn *pgx.Conn) {
	server := g.seen.Server
	if g.depth == Doctor {
		if inside, err := pgsql.LookInside(ctx, conn, server.Major); err == nil {
			g.seen.Inside = &inside
			g.askAsClients(ctx, conn)
		}
		if g.node.Mode == pg.Primary && !server.InRecovery {
			g.seen.OtherPasswords, _ = provision.Roles{Node: g.node}.Examine(ctx, conn)
		}
		g.seen.Followers, _ = pgsql.Standbys(ctx, conn)
	}
	if g.depth == Doctor || !server.InRecovery {
		g.seen.Slots, _ = pgsql.Slots(ctx, conn)
	}
}

// outgrown are the limits for which a standby of 14 or later has paused.
func outgrown(volume pgdata.Layout, server pg.Health) []pg.Shortage {
	if !server.ReplayPaused {
		return nil
	}
	needs, err := pgdata.RequiredLimits(volume.Dir)
	if err != nil {
		return nil // doctor then reports the pause without its reason
	}
	return server.Limits.Below(needs)
}

// markStreaming returns how long ago a standby was last seen to stream since it
// started. Where it streams now it leaves a mark of that for later looks.
func markStreaming(server pg.Health) time.Duration {
	switch {
	case server.Receives():
		node.Streamed(time.Now())
		return 0
	case server.Streaming(): // but its primary is silent, and was from then on
		node.Streamed(time.Now().Add(-server.Receiver.Heard))
		return server.Receiver.Heard
	}
	return lastStreamed()
}

// lastStreamed is how long ago an earlier look found this standby streaming.
func lastStreamed() time.Duration {
	if since, known := node.SinceStreamed(); known {
		return since
	}
	return doctor.NeverStreamed
}
