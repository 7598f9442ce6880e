package pgsql

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// localPatience bounds a connection to our own server.
const localPatience = 2 * time.Second

// Local connects to the server of this machine through its socket. Statements
// go in one round trip and nothing is prepared: whoever asks, asks once.
func Local(ctx context.Context, socketDir string, port uint16, user, database string) (*pgx.Conn, error) {
	socket := Upstream{Host: socketDir, Port: port, User: user, ApplicationName: "pgreplica"}
	config, err := socket.config()
	if err != nil {
		return nil, fmt.Errorf("connect to the socket in %s: %w", socketDir, bare(err))
	}
	config.Database = database
	config.RuntimeParams["application_name"] = socket.ApplicationName
	// A function that somebody else made in public is never called as the superuser.
	config.RuntimeParams["search_path"] = "pg_catalog"
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	config.ConnectTimeout = localPatience
	conn, err := pgx.ConnectConfig(ctx, config)
	return conn, explainLocal(err, fmt.Sprintf("%s/.s.PGSQL.%d", socketDir, port))
}

// NotYet is the failure of a connection to a server that is still being made.
func NotYet(what string) error {
	return fail("refused", "no server runs yet: "+what, "A start works on it: its log says how far it is.", Transient, syscall.ECONNREFUSED)
}

func explainLocal(err error, socket string) error {
	answer, answered := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case answered && (answer.Code == "57P03" || answer.Code == "57P01" || answer.Code == "57P02"):
		return fail("starting", "the server does not take connections yet: "+said(answer),
			"It is starting, stopping or recovering: its log says how far it is.", Transient, answer)
	case answered:
		return failUnknown("login", "the server refuses the connection: "+said(answer), localRemedy(answer.Code), answer)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fail("refused", "no server listens on "+socket,
			"The server is not running, or not yet: its log says why.", Transient, syscall.ECONNREFUSED)
	case pgconn.Timeout(err), errors.Is(err, context.DeadlineExceeded):
		return fail("timeout", "the server on "+socket+" does not answer",
			"Look for a full disk, a stalled volume or too much load on this host.", Transient, context.DeadlineExceeded)
	}
	return failUnknown("socket", "connect to "+socket+": "+oneLine(bare(err)),
		"Check that this user may use the socket.", bare(err))
}

// localRemedy says what to do about a refusal, by its class: pg_hba.conf is to blame
// for 28 alone.
func localRemedy(code string) string {
	switch code[:min(2, len(code))] {
	case "28":
		return "Check the local lines of pg_hba.conf and the server's log."
	case "53":
		return "Close connections that nobody needs, or give the server more of what the message names (max_connections, memory, disk): its log says more."
	}
	return "The message says what is missing, and the server's log says more."
}
