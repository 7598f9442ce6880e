package pgsql

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

// localLimit bounds the connecting to our own server.
const localLimit = 2 * time.Second

// Local connects to our own server over its socket, to the first of the databases
// that can be opened. A statement takes one round trip and is not prepared,
// because it is used only once. The error is a *Failure.
func Local(ctx context.Context, socketDir string, port uint16, user string, databases ...string) (conn *pgx.Conn, err error) {
	for _, database := range databases {
		conn, err = local(ctx, socketDir, port, user, database)
		if !isDatabaseClosed(err) {
			break
		}
	}
	return conn, err
}

// isDatabaseClosed says whether a login failed in its database alone: that is not
// there, may not be entered, or cannot be opened.
func isDatabaseClosed(err error) bool {
	class := classOf(err)
	return class != "" && !slices.Contains([]string{"08", "28", "53", "57"}, class)
}

// RefusesRole says whether a server refused the role that logged in, and not its
// database.
func RefusesRole(err error) bool { return classOf(err) == "28" }

// cannotOpen says whether a database can be opened by nobody: this machine lacks
// its locale, or its files are damaged.
func cannotOpen(err error) bool {
	return isDatabaseClosed(err) && !slices.Contains([]string{"3D", "42", "55"}, classOf(err))
}

// classOf is the class of an SQLSTATE; empty where a server did not answer.
func classOf(err error) string {
	state := sqlstate(err)
	return state[:min(2, len(state))]
}

func local(ctx context.Context, socketDir string, port uint16, user, database string) (*pgx.Conn, error) {
	socket := Upstream{Host: socketDir, Port: port, User: user, ApplicationName: "pgreplica"}
	config, err := socket.config()
	if err != nil {
		return nil, fmt.Errorf("connect to the socket in %s: %w", socketDir, withoutConfig(err))
	}
	config.Database = database
	config.RuntimeParams["application_name"] = socket.ApplicationName
	// The superuser must never call a function that another role made in public.
	config.RuntimeParams["search_path"] = "pg_catalog"
	config.RuntimeParams["default_transaction_read_only"] = "off" // or no password could be changed
	askSimply(config)
	config.ConnectTimeout = localLimit
	conn, err := pgx.ConnectConfig(ctx, config)
	return conn, explainLocal(err, fmt.Sprintf("%s/.s.PGSQL.%d", socketDir, port))
}

// askSimply has statements sent without being prepared. pgx does so only where the
// text of a statement means the same to the server: a database of another encoding
// than UTF-8, and standard_conforming_strings = off, would fail each statement.
func askSimply(config *pgx.ConnConfig) {
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	config.RuntimeParams["client_encoding"] = "UTF8"
	config.RuntimeParams["standard_conforming_strings"] = "on"
}

// NotYet is the failure for a server that a start is still preparing; what says
// how far it is.
func NotYet(what string) error {
	return fail("refused", "no server runs yet: "+what, "A start works on it: its log says how far it is.", Transient, syscall.ECONNREFUSED)
}

// explainLocal turns an error of a connection to the socket into a *Failure.
func explainLocal(err error, socket string) error {
	answer, answered := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case answered && (answer.Code == "57P03" || answer.Code == "57P01" || answer.Code == "57P02"):
		return fail("starting", "the server does not take connections yet: "+answerText(answer),
			"It is starting, stopping or recovering: its log says how far it is.", Transient, answer)
	case answered:
		return failUnknown(loginID(answer), "the server refuses the connection: "+answerText(answer), loginFix(answer), answer)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fail("refused", "no server listens on "+socket,
			"The server is not running, or not yet: its log says why.", Transient, syscall.ECONNREFUSED)
	case pgconn.Timeout(err), errors.Is(err, context.DeadlineExceeded):
		return fail("timeout", "the server on "+socket+" does not answer",
			"Look for a full disk, a stalled volume or too much load on this host.", Transient, context.DeadlineExceeded)
	}
	return failUnknown("socket", "connect to "+socket+": "+oneLine(withoutConfig(err)),
		"Check that this user may use the socket.", withoutConfig(err))
}

// loginID is the ID of a refused login: databases that nobody can open are another
// matter than a login of this program that is refused.
func loginID(answer *pgconn.PgError) string {
	if cannotOpen(answer) {
		return "locale"
	}
	return "login"
}

// loginFix is what to do about a login that the server of this container refuses.
func loginFix(answer *pgconn.PgError) string {
	switch {
	case cannotOpen(answer):
		return "Where the locale is missing, give the image the one that the message names, with RUN localedef in its Dockerfile, then " + pg.All.Rebuild()
	case RefusesRole(answer):
		return "A start puts this program's own lines of pg_hba.conf back: " + pg.All.Restart() +
			". Where the superuser has another name, write POSTGRES_USER: NAME under environment of its service, then " + pg.All.Up()
	case classOf(answer) == "53":
		return "Close connections that nobody needs, or give the server more of what the message names (max_connections, memory, disk). Its log says more: " + pg.All.LogTail()
	}
	return "The server's log says more: " + pg.All.LogTail()
}
