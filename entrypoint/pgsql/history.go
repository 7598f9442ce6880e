package pgsql

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

// TimelineHistory asks the server for the history of its own timeline, or of
// one before it.
func (s *Session) TimelineHistory(ctx context.Context, t pg.Timeline) (history pg.History, err error) {
	if t == 1 {
		return nil, nil // has no history file: the answer would be an error
	}
	err = s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		history, err = timelineHistory(ctx, conn, t)
		return err
	})
	return history, err
}

func timelineHistory(ctx context.Context, conn *pgconn.PgConn, t pg.Timeline) (pg.History, error) {
	row, err := ask(ctx, conn, fmt.Sprintf("TIMELINE_HISTORY %d", t))
	if row, err = (answer{row, err}).firstRow("TIMELINE_HISTORY", 2); err != nil {
		return nil, err
	}
	return pg.ParseHistory(row[1])
}
