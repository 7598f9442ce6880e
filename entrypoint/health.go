package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

const (
	// streamedFile is as old as the last healthcheck that saw this start stream.
	streamedFile = runDir + "/streamed"
	// streamingGrace is how long a standby that has streamed may do without.
	streamingGrace = time.Minute
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
	return judge(cfg.Mode, seen, sinceStreaming(seen))
}

// look asks the server of this container, through its socket.
func look(ctx context.Context, cfg config.Config) (pgsql.Health, error) {
	conn, err := local(ctx, cfg)
	if err != nil {
		return pgsql.Health{}, err
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

// judge decides what counts as healthy.
func judge(mode pg.Mode, seen pgsql.Health, silence time.Duration) (string, error) {
	switch {
	case mode == pg.Primary && seen.InRecovery:
		return "", errors.New("this server is to be a primary, but it is in recovery")
	case mode == pg.Primary:
		return "primary, accepting writes", nil
	case !seen.InRecovery:
		return "", errors.New("this server is to be a standby, but it accepts writes")
	case seen.ReplayPaused:
		return "", errors.New("replay is paused; continue it with SELECT pg_wal_replay_resume()")
	case seen.Streaming():
		return fmt.Sprintf("standby, streaming, %s behind", size(seen.Behind())), nil
	case silence < streamingGrace:
		return fmt.Sprintf("standby, not streaming for %s", silence.Round(time.Second)), nil
	}
	return "", errors.New("standby, not streaming; pgreplica status says more, and the log says why")
}

// sinceStreaming is how long ago this start was last seen to stream; before the
// first time it is longer than any grace.
func sinceStreaming(seen pgsql.Health) time.Duration {
	if seen.Streaming() {
		_ = os.WriteFile(streamedFile, nil, 0o600) // without it the grace is lost, and nothing else
		return 0
	}
	info, err := os.Stat(streamedFile)
	if err != nil {
		return 2 * streamingGrace
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
