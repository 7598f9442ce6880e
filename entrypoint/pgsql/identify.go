package pgsql

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

// Identify asks a server who it is. ctx bounds the attempt.
func Identify(ctx context.Context, u Upstream) (pg.Server, error) {
	conn, err := u.replicate(ctx)
	if err != nil {
		return pg.Server{}, err
	}
	defer hangUp(conn)
	server, err := identify(ctx, conn)
	return server, u.explain(err)
}

func identify(ctx context.Context, conn *pgconn.PgConn) (pg.Server, error) {
	server := pg.Server{Major: major(conn), Version: conn.ParameterStatus("server_version")}
	row, err := ask(ctx, conn, "IDENTIFY_SYSTEM")
	if err != nil {
		return server, err
	}
	if len(row) < 3 {
		return server, errors.New("IDENTIFY_SYSTEM: no answer")
	}
	if server.SystemID, err = pg.ParseSystemID(row[0]); err != nil {
		return server, err
	}
	timeline, err := strconv.ParseUint(row[1], 10, 32)
	if err != nil {
		return server, err
	}
	server.Timeline = pg.Timeline(timeline)
	if server.LSN, err = pg.ParseLSN(row[2]); err != nil {
		return server, err
	}
	server.InRecovery, err = inRecovery(ctx, conn)
	return server, err
}

// inRecovery tells a standby. Up to 13 a primary with
// default_transaction_read_only looks the same to a replication connection.
func inRecovery(ctx context.Context, conn *pgconn.PgConn) (bool, error) {
	if said := conn.ParameterStatus("in_hot_standby"); said != "" { // 14 and later
		return said == "on", nil
	}
	row, err := ask(ctx, conn, "SHOW transaction_read_only") // lower case is refused
	return len(row) == 1 && row[0] == "on", err
}

// major is the number that 15.18 (Debian 15.18-0) and 18beta1 begin with.
func major(conn *pgconn.PgConn) int {
	version := conn.ParameterStatus("server_version")
	end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(version)
	}
	number, _ := strconv.Atoi(version[:end])
	return number
}
