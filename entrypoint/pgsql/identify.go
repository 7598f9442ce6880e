package pgsql

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

// Identify asks a server who it is, over a connection of its own.
func Identify(ctx context.Context, u Upstream) (pg.Server, error) {
	s := NewSession(u)
	defer s.Close()
	return s.Identify(ctx)
}

// Identify asks the server who it is and how it is set up, in one round trip.
func (s *Session) Identify(ctx context.Context) (server pg.Server, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		server, err = identify(ctx, conn)
		return err
	})
	return server, err
}

func identify(ctx context.Context, conn *pgconn.PgConn) (pg.Server, error) {
	names := settingsToAsk(major(conn))
	answers, err := askAll(ctx, conn, append([]string{identifySystem}, showCommands(names)...)...)
	if err != nil {
		return pg.Server{}, err
	}
	server, err := readIdentity(answers[0])
	server.Major, server.Version = major(conn), pg.Said(conn.ParameterStatus("server_version"))
	server.Settings = readSettings(names, answers[1:])
	server.InRecovery = inRecovery(conn, server.Settings)
	return server, err
}

const identifySystem = "IDENTIFY_SYSTEM"

// askPosition asks only for the system identifier, the timeline and the LSN.
func askPosition(ctx context.Context, conn *pgconn.PgConn) (pg.Server, error) {
	answers, err := askAll(ctx, conn, identifySystem)
	if err != nil {
		return pg.Server{}, err
	}
	return readIdentity(answers[0])
}

func readIdentity(a answer) (server pg.Server, err error) {
	row, err := a.firstRow(identifySystem, 3)
	if err != nil {
		return server, err
	}
	if server.SystemID, err = pg.ParseSystemID(row[0]); err != nil {
		return server, err
	}
	timeline, err := strconv.ParseUint(row[1], 10, 32)
	if err != nil {
		return server, err
	}
	server.Timeline = pg.Timeline(timeline)
	server.LSN, err = pg.ParseLSN(row[2])
	return server, err
}

// inRecovery says whether the server is a standby. Up to 13 its transactions are
// read-only, which those of a primary are not, because the connection asks for that.
func inRecovery(conn *pgconn.PgConn, settings pg.Settings) bool {
	if reported := conn.ParameterStatus("in_hot_standby"); reported != "" { // 14 and later
		return reported == "on"
	}
	return settings["transaction_read_only"] == "on"
}
