package pgsql

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

// TimelineHistory asks a server for the history of its own timeline, or of one
// before it.
func TimelineHistory(ctx context.Context, u Upstream, t pg.Timeline) (pg.History, error) {
	if t == 1 {
		return nil, nil // has no history file: the answer would be an error
	}
	conn, err := u.replicate(ctx)
	if err != nil {
		return nil, err
	}
	defer hangUp(conn)
	history, err := timelineHistory(ctx, conn, t)
	return history, u.explain(err)
}

func timelineHistory(ctx context.Context, conn *pgconn.PgConn, t pg.Timeline) (pg.History, error) {
	row, err := ask(ctx, conn, fmt.Sprintf("TIMELINE_HISTORY %d", t))
	if err != nil {
		return nil, err
	}
	if len(row) < 2 {
		return nil, errors.New("TIMELINE_HISTORY: no answer")
	}
	return pg.ParseHistory(row[1])
}
