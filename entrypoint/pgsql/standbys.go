package pgsql

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/pg"
)

const standbys = `
SELECT coalesce(application_name, ''), coalesce(host(client_addr), ''), coalesce(slot_name, ''), coalesce(state, ''), coalesce(sync_state, ''),
       coalesce(greatest(ends - replay_lsn, 0), -1)::bigint,
       coalesce(greatest(extract(epoch FROM clock_timestamp() - reply_time), 0), -1)::float8
FROM (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS ends) AS wal,
     pg_stat_replication LEFT JOIN pg_replication_slots ON active_pid = pid
ORDER BY application_name, backend_start`

// Standbys lists who receives WAL from this server.
func Standbys(ctx context.Context, conn *pgx.Conn) ([]pg.Follower, error) {
	rows, err := conn.Query(ctx, standbys)
	if err != nil {
		return nil, fmt.Errorf("list the standbys: %w", err)
	}
	followers, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pg.Follower, error) {
		var f pg.Follower
		var heard float64
		err := row.Scan(&f.Name, &f.Addr, &f.Slot, &f.State, &f.SyncState, &f.Behind, &heard)
		f.Heard = -1
		if heard >= 0 {
			f.Heard = time.Duration(heard * float64(time.Second))
		}
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the standbys: %w", err)
	}
	return followers, nil
}

const slots = `
SELECT slot_name, active, coalesce(restart_lsn, '0/0')::text, coalesce(greatest(ends - restart_lsn, 0), 0)::bigint,
       coalesce(wal_status, '')
FROM (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS ends) AS wal,
     pg_replication_slots
ORDER BY slot_name`

// Slots lists the replication slots of this server, physical and logical.
func Slots(ctx context.Context, conn *pgx.Conn) ([]pg.Slot, error) {
	rows, err := conn.Query(ctx, slots)
	if err != nil {
		return nil, fmt.Errorf("list the slots: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pg.Slot, error) {
		var s pg.Slot
		var restart string
		if err := row.Scan(&s.Name, &s.Active, &restart, &s.Kept, &s.WALStatus); err != nil {
			return s, err
		}
		var err error
		s.RestartLSN, err = pg.ParseLSN(restart)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the slots: %w", err)
	}
	return found, nil
}
