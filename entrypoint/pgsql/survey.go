package pgsql

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"pgreplica/entrypoint/pg"
)

// A Survey is what a base backup of a server would copy.
type Survey struct {
	Tablespaces []pg.Tablespace
	Bytes       int64 // of all files, without WAL
}

// Survey begins a base backup, reads what the server announces before the data,
// and cancels it: with the right REPLICATION alone there is no other way to
// learn of tablespaces. It waits for a checkpoint, fast or spread, and calls
// quiet every second in which the server says nothing.
func (s *Session) Survey(ctx context.Context, checkpoint string, quiet func(time.Duration)) (survey Survey, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) (err error) {
		survey, err = takeSurvey(ctx, conn, surveyCommand(major(conn), checkpoint), quiet)
		return err
	})
	return survey, err
}

// takeSurvey reads two result sets: where the backup begins, and a row for each
// tablespace. The data, which follows, is thrown away until the server has ended.
func takeSurvey(ctx context.Context, conn *pgconn.PgConn, command string, quiet func(time.Duration)) (Survey, error) {
	if err := send(conn, &pgproto3.Query{String: command}); err != nil {
		return Survey{}, err
	}
	var survey Survey
	for sets := 0; ; {
		message, err := patiently(ctx, conn, quiet)
		if err != nil {
			return survey, err
		}
		switch message := message.(type) {
		case *pgproto3.RowDescription:
			sets++
		case *pgproto3.DataRow:
			if sets == 2 {
				err = survey.add(message.Values)
			}
		case *pgproto3.CopyOutResponse:
			return survey, endCopy(ctx, conn)
		case *pgproto3.ErrorResponse:
			err = pgconn.ErrorResponseToPgError(message)
		case *pgproto3.ReadyForQuery:
			err = fmt.Errorf("the base backup ended before its data began")
		}
		if err != nil {
			return survey, err
		}
	}
}

// patiently receives a message, however long that takes, and calls quiet every second
// until it comes. A connection outlives a timeout between two messages.
func patiently(ctx context.Context, conn *pgconn.PgConn, quiet func(time.Duration)) (pgproto3.BackendMessage, error) {
	for began := time.Now(); ; quiet(time.Since(began)) {
		limited, cancel := context.WithTimeout(ctx, time.Second)
		message, err := conn.ReceiveMessage(limited)
		cancel()
		if err == nil || ctx.Err() != nil || conn.IsClosed() || !pgconn.Timeout(err) {
			return message, err
		}
	}
}

// add adds a row: oid and location, both NULL for the data directory, and the
// size in kB.
func (s *Survey) add(row [][]byte) error {
	if len(row) < 3 {
		return fmt.Errorf("the list of tablespaces has %d columns, not three", len(row))
	}
	kilobytes, err := strconv.ParseInt(string(row[2]), 10, 53)
	if err != nil || kilobytes < 0 {
		return fmt.Errorf("the list of tablespaces holds a size of %q", row[2])
	}
	s.Bytes += kilobytes << 10
	if row[0] == nil {
		return nil
	}
	oid, err := strconv.ParseUint(string(row[0]), 10, 32)
	s.Tablespaces = append(s.Tablespaces, pg.Tablespace{OID: uint32(oid), Location: string(row[1])})
	return err
}

// endLimit bounds the wait for a cancelled backup to end. The cancel does not
// arrive through some proxies; then the backup ends when its connection is
// closed.
const endLimit = 2 * time.Second

// endCopy cancels a copy and reads until the server has ended it.
func endCopy(ctx context.Context, conn *pgconn.PgConn) error {
	limited, cancel := context.WithTimeout(ctx, endLimit)
	defer cancel()
	if conn.CancelRequest(limited) != nil {
		_ = conn.Close(limited)
		return ctx.Err()
	}
	for {
		message, err := conn.ReceiveMessage(limited)
		if _, ended := message.(*pgproto3.ReadyForQuery); err != nil || ended {
			return ctx.Err()
		}
	}
}
