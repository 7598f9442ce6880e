package pgsql

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/pg"
)

// The timeline of a primary is in the name of the file that it writes: the
// control file learns of a promotion at the next checkpoint only. Right after
// a start the received position is the begin of a segment and lies behind the
// replayed one, hence greatest. A startup process that waits for WAL has none
// left of its own to replay.
const healthQuery = `
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000, current_setting('cluster_name'),
       (SELECT system_identifier::text FROM pg_control_system()),
       CASE WHEN standby
            THEN coalesce(received_tli, (SELECT greatest(c.timeline_id, r.min_recovery_end_timeline)
                                         FROM pg_control_checkpoint() c, pg_control_recovery() r))::text
            ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint::text END,
       standby,
       coalesce(CASE WHEN standby THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0')::text,
       CASE WHEN standby THEN coalesce(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0') ELSE '0/0' END::text,
       CASE WHEN standby THEN pg_is_wal_replay_paused() ELSE false END,
       coalesce(extract(epoch FROM clock_timestamp() - CASE WHEN standby THEN pg_last_xact_replay_timestamp() END), 0)::float8,
       extract(epoch FROM current_setting('recovery_min_apply_delay')::interval)::float8,
       standby AND current_setting('recovery_min_apply_delay') <> '0' AND EXISTS (SELECT FROM pg_stat_activity
            WHERE backend_type = 'startup' AND coalesce(wait_event, '') NOT IN ('RecoveryWalStream', 'RecoveryRetrieveRetryInterval')),
       current_setting('restore_command') <> '',
       current_setting('primary_slot_name'),
       concat_ws(' ', current_setting('max_connections'), current_setting('max_worker_processes'), current_setting('max_wal_senders'),
                 current_setting('max_prepared_transactions'), current_setting('max_locks_per_transaction')),
       (SELECT count(*) FROM ` + receivers + ` WHERE state = 'streaming'),
       status IS NOT NULL, coalesce(status, ''), coalesce(slot_name, ''), coalesce(sender_host, ''), coalesce(sender_port, 0),
       coalesce(latest_end_lsn, '0/0')::text,
       coalesce(extract(epoch FROM clock_timestamp() - last_msg_receipt_time), 0)::float8,
       extract(epoch FROM current_setting('wal_receiver_timeout')::interval)::float8,
       extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8,
       current_setting('synchronous_standby_names'), current_setting('synchronous_commit'),
       (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))
FROM pg_is_in_recovery() AS standby LEFT JOIN pg_stat_wal_receiver ON standby`

// Look asks a server how it is, in one query.
func Look(ctx context.Context, conn *pgx.Conn) (pg.Health, error) {
	var h pg.Health
	var r pg.Receiver
	var system, timeline, lsn, received, end, limits string
	var receiving bool
	var delay, wanted, heard, timeout, up float64
	err := conn.QueryRow(ctx, healthQuery).Scan(&h.Version, &h.Major, &h.ClusterName, &system, &timeline, &h.InRecovery, &lsn, &received,
		&h.ReplayPaused, &delay, &wanted, &h.HeldBack, &h.Restores, &h.Slot, &limits, &h.Streams, &receiving, &r.Status, &r.Slot, &r.Host, &r.Port, &end, &heard, &timeout,
		&up, &h.Commits.Names, &h.Commits.Mode, &h.Commits.There)
	if err != nil {
		return h, fmt.Errorf("ask the server how it is: %w", err)
	}
	number, err := strconv.ParseUint(timeline, 10, 32)
	if err != nil {
		return h, fmt.Errorf("read the server's timeline: %w", err)
	}
	h.Timeline = pg.Timeline(number)
	if h.SystemID, err = pg.ParseSystemID(system); err != nil {
		return h, err
	}
	for _, position := range []struct {
		text string
		into *pg.LSN
	}{{lsn, &h.LSN}, {received, &h.Received}, {end, &r.End}} {
		if *position.into, err = pg.ParseLSN(position.text); err != nil {
			return h, err
		}
	}
	h.Up = seconds(up)
	h.Delay, h.ApplyDelay, h.Limits = seconds(delay), seconds(wanted), readLimits(limits)
	if receiving {
		r.Heard, r.Timeout = seconds(heard), seconds(timeout)
		h.Receiver = &r
	}
	return h, nil
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// readLimits reads numbers in the order of pg.LimitNames.
func readLimits(text string) pg.Limits {
	limits := pg.Limits{}
	for i, word := range strings.Fields(text) {
		if value, err := strconv.Atoi(word); err == nil && i < len(pg.LimitNames) {
			limits[pg.LimitNames[i]] = value
		}
	}
	return limits
}
