package pgsql

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

// shownSettings are the settings that each server from 13 on shows to a role that has
// nothing but REPLICATION.
var shownSettings = []string{
	"server_version_num", "block_size", "wal_block_size", "segment_size", "wal_segment_size", "data_checksums", "data_directory_mode", "server_encoding",
	"wal_level", "max_wal_senders", "max_replication_slots", "max_slot_wal_keep_size", "wal_keep_size", "wal_sender_timeout", "wal_log_hints",
	"max_connections", "max_worker_processes", "max_prepared_transactions", "max_locks_per_transaction",
	"hot_standby", "hot_standby_feedback", "synchronous_standby_names", "synchronous_commit", "fsync", "full_page_writes", "password_encryption", "ssl",
	"archive_mode", "transaction_read_only",
}

// Settings asks the server for those settings that this program uses. A setting
// that the server does not know, or does not show to this role, is left out.
func (s *Session) Settings(ctx context.Context) (settings pg.Settings, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		names := settingsToAsk(major(conn))
		answers, err := askAll(ctx, conn, showCommands(names)...)
		settings = readSettings(names, answers)
		return err
	})
	return settings, err
}

func showCommands(names []string) []string {
	commands := make([]string, len(names))
	for i, name := range names {
		commands[i] = "SHOW " + name // in lower case the walsender would not know the word
	}
	return commands
}

func readSettings(names []string, answers []answer) pg.Settings {
	settings := pg.Settings{}
	for i, answer := range answers {
		if answer.err == nil && len(answer.row) == 1 {
			settings[names[i]] = answer.row[0]
		}
	}
	return settings
}
