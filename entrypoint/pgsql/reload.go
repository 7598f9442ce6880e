package pgsql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// RunRoleStatements runs the statements of RoleStatements, one at a time: those that keep the
// others out of the log have to run before them. The error never holds a
// statement.
func RunRoleStatements(ctx context.Context, conn *pgx.Conn, statements []string) error {
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("change a role: %s", oneLine(withoutConfig(err)))
		}
	}
	return nil
}

// A Complaint is a line of a configuration file that the server does not
// accept.
type Complaint struct {
	File  string // absolute path; empty where the server does not name it
	Line  int
	Error string
}

// pg_file_settings also reports a setting that waits for a restart as an error,
// which is left out here.
const confComplaints = `
SELECT coalesce(f.sourcefile, ''), coalesce(f.sourceline, 0), concat_ws(': ', f.name, f.error)
FROM pg_file_settings f LEFT JOIN pg_settings s ON lower(s.name) = lower(f.name)
WHERE f.error IS NOT NULL AND NOT (coalesce(s.context, '') = 'postmaster' AND f.error = 'setting could not be applied')`

// ConfComplaints has the server read postgresql.conf as it is now, with all
// that it includes, but not apply it.
func ConfComplaints(ctx context.Context, conn *pgx.Conn) ([]Complaint, error) {
	return complaints(ctx, conn, confComplaints)
}

// A line that PostgreSQL can read but that never matches has an error and a
// type. A line that it cannot read has no type, and not always an error.
const hbaComplaints = `
SELECT '', line_number, coalesce(error, 'the server cannot read it, and its log says why') FROM pg_hba_file_rules WHERE type IS NULL`

// HBAComplaints has the server read pg_hba.conf as it is now, but not apply it.
func HBAComplaints(ctx context.Context, conn *pgx.Conn) ([]Complaint, error) {
	return complaints(ctx, conn, hbaComplaints)
}

func complaints(ctx context.Context, conn *pgx.Conn, query string) ([]Complaint, error) {
	rows, _ := conn.Query(ctx, query)
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Complaint])
}

// Loaded is when the server last read its configuration.
func Loaded(ctx context.Context, conn *pgx.Conn) (at time.Time, err error) {
	err = conn.QueryRow(ctx, "SELECT pg_conf_load_time()").Scan(&at)
	return at, err
}

// reloadLimit bounds the wait for a server to read its configuration.
const reloadLimit = 5 * time.Second

// Reload has the server read its configuration, and returns when it has.
func Reload(ctx context.Context, conn *pgx.Conn) error {
	before, err := Loaded(ctx, conn)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	for began := time.Now(); time.Since(began) < reloadLimit; time.Sleep(10 * time.Millisecond) {
		if at, err := Loaded(ctx, conn); err != nil || at.After(before) {
			return err
		}
	}
	return errors.New("the server does not read its configuration; its log says why")
}
