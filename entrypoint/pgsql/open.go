package pgsql

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

// A database that a DROP DATABASE left half removed has a limit of -2, and nobody
// wants it back.
const openDatabases = `SELECT datname::text FROM pg_database WHERE datallowconn AND datconnlimit <> -2 ORDER BY datname`

// OpenEach opens each database of the server as the role of conn, one after the
// other, and returns those that do not open: a locale that this image lacks keeps
// the databases that were made with it closed.
func OpenEach(ctx context.Context, conn *pgx.Conn) ([]pg.UnopenedDatabase, error) {
	rows, _ := conn.Query(ctx, openDatabases)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list the databases: %w", err)
	}
	var unopened []pg.UnopenedDatabase
	for _, name := range names {
		if name == conn.Config().Database {
			continue
		}
		if err := tryDatabase(ctx, conn, name); err != nil {
			unopened = append(unopened, whyUnopened(name, err))
		}
	}
	return unopened, nil
}

func tryDatabase(ctx context.Context, like *pgx.Conn, database string) error {
	config := like.Config()
	config.Database = database
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func whyUnopened(name string, err error) pg.UnopenedDatabase {
	answer, answered := errors.AsType[*pgconn.PgError](err)
	if !answered {
		return pg.UnopenedDatabase{Name: name, Why: "it did not open in time", Unknown: true}
	}
	// 53: no connection is left. 57: the server stops or starts.
	known := !strings.HasPrefix(answer.Code, "53") && !strings.HasPrefix(answer.Code, "57")
	why := answer.Message
	if answer.Detail != "" {
		why += ": " + answer.Detail
	}
	return pg.UnopenedDatabase{Name: name, Why: oneLine(errors.New(why)), Unknown: !known}
}
