package pgsql

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/pg"
)

// A file of WAL waits as long as it has a .ready beside it. 13 and 14 know no
// archive_library.
const archive = `
SELECT current_setting('archive_command') IN ('', '(disabled)') AND coalesce(current_setting('archive_library', true), '') = '',
       coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false), failed_count, coalesce(last_failed_wal, ''), last_archived_time,
       (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready') * (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size')
FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off'`

func lookAtArchive(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) error {
	rows, _ := conn.Query(ctx, archive)
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pg.Archive, error) {
		var a pg.Archive
		var archived *time.Time
		err := row.Scan(&a.Disabled, &a.Failing, &a.Failed, &a.LastFailed, &archived, &a.Waiting)
		if archived != nil {
			a.LastArchived = *archived
		}
		return a, err
	})
	if len(found) == 1 {
		inside.Archive = &found[0]
	}
	return err
}

// A base backup counts here what it finds, where that is more than one page of a
// file.
const damage = `
SELECT coalesce(datname, '')::text, checksum_failures, coalesce(checksum_last_failure, 'epoch')
FROM pg_stat_database WHERE checksum_failures > 0 ORDER BY 1`

func lookAtDamage(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) (err error) {
	rows, _ := conn.Query(ctx, damage)
	inside.Damaged, err = pgx.CollectRows(rows, pgx.RowToStructByPos[pg.Damage])
	return err
}
