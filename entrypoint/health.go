package entrypoint

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

const (
	// streamedFile is as old as the last healthcheck that saw this start stream.
	streamedFile = runDir + "/streamed"
	// adminDB is where our commands log in.
	adminDB = "postgres"
)

// Health says in one line how this server does its work; an error says why it
// does not. It starts no process: an orphan of the server's could crash it.
func Health(ctx context.Context, cfg config.Config) (string, error) {
	if err := BecomeServerUser(); err != nil {
		return "", err
	}
	seen, err := look(ctx, cfg)
	if err != nil {
		return "", err
	}
	return judge(doctor.Seen{Mode: cfg.Mode, Here: &seen, Silence: sinceStreaming(seen)})
}

// look asks the server of this container, through its socket.
func look(ctx context.Context, cfg config.Config) (pg.Health, error) {
	conn, err := local(ctx, cfg)
	if err != nil {
		return pg.Health{}, err
	}
	defer conn.Close(ctx)
	return pgsql.Look(ctx, conn)
}

func local(ctx context.Context, cfg config.Config) (*pgx.Conn, error) {
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return nil, err
	}
	return pgsql.Local(ctx, socketDir, pgdata.Port(layout.Dir), cfg.PostgresUser, adminDB)
}

// judge says what this server does, or what it does not.
func judge(seen doctor.Seen) (string, error) {
	found := doctor.State(seen)
	if worst := doctor.Worst(found); worst.Level == doctor.Critical {
		return "", errors.New(worst.Text)
	}
	return found[len(found)-1].Text, nil
}

// sinceStreaming is how long ago this start was last seen to stream; before the
// first time it is longer than any grace.
func sinceStreaming(seen pg.Health) time.Duration {
	if seen.Streaming() {
		_ = os.WriteFile(streamedFile, nil, 0o600) // without it the grace is lost, and nothing else
		return 0
	}
	info, err := os.Stat(streamedFile)
	if err != nil {
		return 2 * doctor.StreamingGrace
	}
	return time.Since(info.ModTime())
}

// forgetStreaming begins a start that has not streamed yet.
func forgetStreaming() error {
	err := os.Remove(streamedFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
