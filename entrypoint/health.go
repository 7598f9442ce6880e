package entrypoint

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

const (
	// streamedFile is as old as the last look that saw this start stream.
	streamedFile = runDir + "/streamed"
	// adminDB is where our commands log in.
	adminDB = "postgres"
)

// A Probe is what is asked of a server's health.
type Probe struct {
	Live     bool          // whether it lives, not whether it does its work
	MaxLag   int64         // bytes that a standby may have left to replay; 0 is as the environment says
	MaxDelay time.Duration // how late a standby may be; 0 is no limit
}

// Health says in one line how this server does its work; an error says why it
// does not. It starts no process: an orphan of the server's could crash it.
func Health(ctx context.Context, cfg config.Config, probe Probe) (string, error) {
	if err := host.BecomeServerUser(); err != nil {
		return "", err
	}
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return "", err
	}
	conn, err := local(ctx, cfg, layout)
	if err != nil {
		seen := doctor.Seen{Silent: refusal(err), PIDFile: pgdata.ServerStatus(layout.Dir)}
		seen.Working, _ = underWay(doingFile, "/proc")
		return doctor.Health(seen, probe.Live)
	}
	defer conn.Close(ctx)
	if probe.Live {
		return doctor.Health(doctor.Seen{}, true)
	}
	here, err := pgsql.Look(ctx, conn)
	if err != nil {
		return "", err
	}
	seen := doctor.Seen{Mode: cfg.Mode, MaxDelay: probe.MaxDelay}
	see(&seen, cfg, layout, here)
	seen.Files = rejectedFiles(layout)
	if probe.MaxLag > 0 {
		seen.MaxBehind = probe.MaxLag
	}
	if !here.InRecovery {
		seen.Slots, _ = pgsql.Slots(ctx, conn) // whoever cannot list them says nothing of them
	}
	if cfg.Mode == pg.Standby && here.InRecovery && !here.Receives() {
		seen.Refusal = (&Node{cfg: cfg, layout: layout}).whyNot(ctx, here)
	}
	return doctor.Health(seen, false)
}

// local connects to this container's server. While a start still works, one
// that answers is the server of the init scripts, and nobody's.
func local(ctx context.Context, cfg config.Config, layout pgdata.Layout) (*pgx.Conn, error) {
	if what, working := underWay(doingFile, "/proc"); working {
		return nil, pgsql.NotYet(what)
	}
	return pgsql.Local(ctx, socketDir, pgdata.Port(layout.Dir), cfg.PostgresUser, adminDB)
}

// see fills in what a server that answers is judged by, whoever asks.
func see(seen *doctor.Seen, cfg config.Config, layout pgdata.Layout, here pg.Health) {
	seen.Here, seen.Silence, seen.Outgrown = &here, sinceStreaming(here), outgrown(layout, here)
	seen.MaxBehind, seen.Lonely = int64(cfg.HealthcheckMaxLag), !bool(cfg.HealthcheckRequireStreaming)
}

// outgrown are the limits for which a standby of 14 or later has paused.
func outgrown(layout pgdata.Layout, here pg.Health) []pg.Shortage {
	if !here.ReplayPaused {
		return nil
	}
	needs, err := pgdata.RequiredLimits(layout.Dir)
	if err != nil {
		return nil // then the pause is told without its reason
	}
	return here.Limits.Below(needs)
}

// sinceStreaming is how long ago this start was last seen to stream.
func sinceStreaming(here pg.Health) time.Duration {
	switch {
	case here.Receives():
		note(streamedFile, "")
		return 0
	case here.Streaming(): // but its primary is silent, and was from then on
		heard := time.Now().Add(-here.Receiver.Heard)
		note(streamedFile, "")
		_ = os.Chtimes(streamedFile, heard, heard)
		return here.Receiver.Heard
	}
	info, err := os.Stat(streamedFile)
	if err != nil {
		return doctor.NeverStreamed
	}
	return time.Since(info.ModTime())
}

// forgetStreaming begins a start that has not streamed yet.
func forgetStreaming() error {
	for _, file := range []string{streamedFile, whyNotFile} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
