package pgsql

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/pg"
)

// walEnd is where the WAL of a server ends: what it wrote, or what it replayed.
const walEnd = `(SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS ends) AS wal`

// receivers are the connections of standbys and of base backups. A connection
// that only asks stays in state startup, and is left out. A base backup has two
// connections of one name: the first, in state backup, is kept, and the second,
// which streams WAL like a standby, is left out.
// Another server that asks for a slot in use has the name of the standby that
// streams.
const receivers = `(SELECT * FROM pg_stat_replication AS r
      WHERE state IS DISTINCT FROM 'startup' AND (state = 'backup' OR replay_lsn IS NOT NULL OR NOT EXISTS (
            SELECT FROM pg_stat_replication AS b
            WHERE b.state IN ('backup', 'startup') AND b.application_name = r.application_name
              AND b.client_addr IS NOT DISTINCT FROM r.client_addr))) AS receiver`

// copySlot is the slot that a base backup is made for. The connection in state
// backup does not hold it: the other one does, and only later. So the slot is
// found by the name of the connection, of which the server keeps 63 letters.
const copySlot = `(SELECT slot_name FROM pg_replication_slots WHERE state = 'backup' AND left('` + pg.CopyOf + `' || slot_name, 63) = application_name)`

const standbysQuery = `
SELECT coalesce(` + copySlot + `, application_name, ''), coalesce(host(client_addr), ''), coalesce(slot_name, ` + copySlot + `, ''),
       coalesce(state, ''), coalesce(sync_state, ''),
       (ends - replay_lsn)::bigint, (ends - sent_lsn)::bigint, (sent_lsn - flush_lsn)::bigint, (flush_lsn - replay_lsn)::bigint,
       extract(epoch FROM replay_lag)::float8, extract(epoch FROM clock_timestamp() - reply_time)::float8
FROM ` + walEnd + `, ` + receivers + ` LEFT JOIN pg_replication_slots ON active_pid = pid
ORDER BY application_name, backend_start`

// Standbys lists the standbys that receive WAL from this server, and base
// backups.
func Standbys(ctx context.Context, conn *pgx.Conn) ([]pg.Follower, error) {
	rows, err := conn.Query(ctx, standbysQuery)
	if err != nil {
		return nil, fmt.Errorf("list the standbys: %w", err)
	}
	followers, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pg.Follower, error) {
		var f pg.Follower
		var behind, unsent, unflushed, unapplied *int64
		var delay, heard *float64
		err := row.Scan(&f.Name, &f.Addr, &f.Slot, &f.State, &f.SyncState, &behind, &unsent, &unflushed, &unapplied, &delay, &heard)
		f.Behind, f.Unsent, f.Unflushed, f.Unapplied = orUnknown(behind), orUnknown(unsent), orUnknown(unflushed), orUnknown(unapplied)
		f.Delay, f.Heard = secondsOrUnknown(delay), secondsOrUnknown(heard)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the standbys: %w", err)
	}
	return followers, nil
}

// orUnknown is a distance between two LSNs in bytes, or -1 for NULL. The LSNs
// were not read at one moment, so that it may be below zero, which becomes 0
// here: SQL's greatest would make NULL 0 too.
func orUnknown(bytes *int64) int64 {
	if bytes == nil {
		return -1
	}
	return max(0, *bytes)
}

// secondsOrUnknown is a time, or -1 for NULL.
func secondsOrUnknown(sec *float64) time.Duration {
	if sec == nil {
		return -1
	}
	return time.Duration(max(0, *sec) * float64(time.Second))
}

// inactive_since exists from 17 on; through to_jsonb it is NULL before. On a
// standby safe_wal_size is left out, because the server computes it from the
// last WAL that it wrote itself.
const slotsQuery = `
SELECT slot_name, slot_type = 'logical', active, coalesce(restart_lsn, '0/0')::text, (ends - restart_lsn)::bigint,
       coalesce(wal_status, ''), (SELECT CASE WHEN setting::bigint < 0 THEN -1 ELSE setting::bigint << 20 END
                                  FROM pg_settings WHERE name = 'max_slot_wal_keep_size'),
       CASE WHEN NOT pg_is_in_recovery() THEN safe_wal_size END,
       (to_jsonb(s) ->> 'inactive_since')::timestamptz
FROM ` + walEnd + `, pg_replication_slots AS s
ORDER BY slot_name`

// Slots lists the replication slots of this server, physical and logical.
func Slots(ctx context.Context, conn *pgx.Conn) ([]pg.Slot, error) {
	rows, err := conn.Query(ctx, slotsQuery)
	if err != nil {
		return nil, fmt.Errorf("list the slots: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pg.Slot, error) {
		var s pg.Slot
		var restart string
		var kept, left *int64
		var since *time.Time
		if err := row.Scan(&s.Name, &s.Logical, &s.Active, &restart, &kept, &s.WALStatus, &s.Limit, &left, &since); err != nil {
			return s, err
		}
		s.Kept, s.Left = orUnknown(kept), orUnknown(left)
		if since != nil {
			s.InactiveSince = *since
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

// DropSlot drops a slot. The server refuses to drop one that is in use.
func DropSlot(ctx context.Context, conn *pgx.Conn, name string) error {
	if _, err := conn.Exec(ctx, "SELECT pg_drop_replication_slot($1)", name); err != nil {
		return fmt.Errorf("drop slot %s: %w", name, err)
	}
	return nil
}

// SlotOf is a standby's own slot on the server that it follows; upstream is
// what Identify returned for that server. found is false where there is no such
// slot, and up to 14, which do not say.
func (s *Session) SlotOf(ctx context.Context, name string, upstream pg.Server) (slot pg.Slot, found bool, err error) {
	state, from, err := s.ReadSlot(ctx, name)
	slot = pg.Slot{Name: name, RestartLSN: from, Kept: -1, Left: -1}
	slot.Limit, _ = upstream.Settings.Bytes("max_slot_wal_keep_size")
	switch state {
	case pg.SlotLost:
		slot.WALStatus = "lost"
	case pg.SlotHolds:
		keep, _ := upstream.Settings.Bytes("wal_keep_size")
		segment, _ := upstream.Settings.Bytes("wal_segment_size")
		slot.Kept = int64(max(upstream.LSN, from) - from)
		slot.Left = pg.SlotLeft(from, upstream.LSN, slot.Limit, keep, segment)
	default:
		return slot, false, err
	}
	return slot, true, err
}
