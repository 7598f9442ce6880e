package pgsql

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/pg"
)

// LookInside asks what only a superuser may read, of a server of that major
// version. What the role of conn may not read is left out.
func LookInside(ctx context.Context, conn *pgx.Conn, major int) (inside pg.Inside, err error) {
	for _, question := range []func(context.Context, *pgx.Conn, *pg.Inside) error{
		lookAtSettings, lookAtNames, lookAtHBA, lookAtPasswords, lookAtMD5, lookAtListening, lookAtPending, lookAtArchive, lookAtDamage,
		func(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) error {
			return lookAtCollations(ctx, conn, major, inside)
		},
	} {
		err := question(ctx, conn, &inside)
		if err != nil && sqlstate(err) != "42501" {
			return inside, fmt.Errorf("look inside the server: %w", err)
		}
		inside.Hidden = inside.Hidden || err != nil
	}
	return inside, nil
}

const settingsQuery = `
SELECT name, current_setting(name, true) FROM unnest($1::text[]) AS name WHERE current_setting(name, true) IS NOT NULL`

func lookAtSettings(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) error {
	rows, _ := conn.Query(ctx, settingsQuery, append(slices.Clone(shownSettings), "max_standby_streaming_delay", "shared_buffers", "max_wal_size", "min_wal_size"))
	inside.Settings = pg.Settings{}
	var name, value string
	_, err := pgx.ForEachRow(rows, []any{&name, &value}, func() error {
		inside.Settings[name] = value
		return nil
	})
	return err
}

// The bootstrap superuser has the same oid in each cluster.
const namesQuery = `
SELECT coalesce((SELECT rolname FROM pg_roles WHERE oid = 10), '')::text,
       ARRAY(SELECT datname::text FROM pg_database ORDER BY 1),
       ARRAY(SELECT rolname::text FROM pg_roles WHERE rolsuper AND rolcanlogin ORDER BY 1),
       coalesce((SELECT sum(confl_tablespace + confl_lock + confl_snapshot + confl_bufferpin + confl_deadlock) FROM pg_stat_database_conflicts), 0)::bigint,
       (SELECT extract(epoch FROM last_msg_receipt_time - last_msg_send_time) FROM pg_stat_wal_receiver WHERE status = 'streaming')::float8`

func lookAtNames(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) error {
	var ahead *float64
	err := conn.QueryRow(ctx, namesQuery).Scan(&inside.Bootstrap, &inside.Databases, &inside.Superusers, &inside.Cancelled, &ahead)
	if err == nil && ahead != nil {
		inside.Ahead = new(time.Duration(*ahead * float64(time.Second)))
	}
	return err
}

func lookAtCollations(ctx context.Context, conn *pgx.Conn, major int, inside *pg.Inside) (err error) {
	rows, _ := conn.Query(ctx, staleCollationsQuery(major))
	inside.Stale, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return err
}

// A line that PostgreSQL can read but that never matches, such as hostssl
// without TLS, has an error and a type. A line that it cannot read has no type.
const hbaLines = `
SELECT line_number, coalesce(array_to_string(user_name, ','), ''), coalesce(address, ''), coalesce(auth_method, ''),
       CASE WHEN type IS NULL THEN coalesce(error, 'the log says why') ELSE '' END,
       coalesce(database, '{}'), coalesce(user_name, '{}'), coalesce(netmask, ''), coalesce(type, ''), type IS NOT NULL AND error IS NOT NULL
FROM pg_hba_file_rules WHERE type IS NULL OR type <> 'local' ORDER BY line_number`

func lookAtHBA(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) (err error) {
	rows, _ := conn.Query(ctx, hbaLines)
	inside.HBA, err = pgx.CollectRows(rows, pgx.RowToStructByPos[pg.HBALine])
	return err
}

// A role is a member of a group as pg_hba.conf means it where it was granted the
// group, directly or through others: a superuser is no member of all.
const md5Roles = `
WITH RECURSIVE member AS (
  SELECT oid AS role, oid AS granted FROM pg_authid
  UNION SELECT member.role, m.roleid FROM member JOIN pg_auth_members m ON m.member = member.granted)
SELECT rolname::text, ARRAY(SELECT pg_get_userbyid(granted)::text FROM member WHERE role = oid ORDER BY 1), rolreplication AND NOT rolsuper
FROM pg_authid WHERE rolcanlogin AND rolpassword LIKE 'md5%' ORDER BY 1`

// lookAtMD5 finds the roles whose password is stored as md5.
func lookAtMD5(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) (err error) {
	rows, _ := conn.Query(ctx, md5Roles)
	inside.MD5, err = pgx.CollectRows(rows, pgx.RowToStructByPos[pg.MD5Role])
	return err
}

const listening = `
SELECT current_setting('listen_addresses'), setting::int, source FROM pg_settings WHERE name = 'port'`

func lookAtListening(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) error {
	l := &inside.Listening
	return conn.QueryRow(ctx, listening).Scan(&l.Addresses, &l.Port, &l.PortFrom)
}

// A setting among the arguments of postgres is left out: an argument outranks
// every file, so that a restart would not change it.
const pendingSettings = `
SELECT name, current_setting(name),
       coalesce((SELECT setting FROM pg_file_settings f WHERE lower(f.name) = lower(s.name) ORDER BY seqno DESC LIMIT 1), boot_val, '')
FROM pg_settings s WHERE pending_restart AND source <> 'command line' ORDER BY name`

func lookAtPending(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) (err error) {
	inside.Pending, err = PendingSettings(ctx, conn)
	return err
}

// PendingSettings are the settings that wait for a restart.
func PendingSettings(ctx context.Context, conn *pgx.Conn) ([]pg.Pending, error) {
	rows, _ := conn.Query(ctx, pendingSettings)
	return pgx.CollectRows(rows, pgx.RowToStructByPos[pg.Pending])
}
