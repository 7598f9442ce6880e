//go:build integration

package integration

import (
	"strings"
	"testing"
)

func TestMountedFilesAreInstalledAndTheOriginalsKept(t *testing.T) {
	t.Parallel()
	master := New(t, "master", "POSTGRES_PORT=127.0.0.1:0", "REPLICATION_PASSWORD=test")
	master.Write("postgresql/postgresql.conf", "listen_addresses = '*'\nmax_connections = 77\nwal_keep_size = 48MB\n")
	hba := "# ours\nlocal all all trust\nhost sales clerk 10.1.2.3/32 scram-sha-256\nhost all all all scram-sha-256\n"
	master.Write("postgresql/pg_hba.conf", hba)
	master.Up()
	server := master.Service("master")

	for setting, want := range map[string]string{
		"max_connections": "77", "wal_keep_size": "48MB", // the user's
		"wal_log_hints": "on", "password_encryption": "scram-sha-256", // ours, which the user's file does not name
		"shared_buffers": "128MB", "TimeZone": "Etc/UTC", "lc_time": "en_US.utf8", "default_text_search_config": "pg_catalog.english", // initdb's, which found them out
	} {
		if got := server.SQL("SHOW " + setting); got != want {
			t.Errorf("%s: got %s, want %s", setting, got, want)
		}
	}
	installed := server.Exec("sh", "-c", "cat $PGDATA/pg_hba.conf; echo end")
	if !strings.HasSuffix(installed, "\n"+hba+"end") {
		t.Errorf("pg_hba.conf does not end with the mounted file, whole:\n%s", installed)
	}
	for _, kept := range []string{"old_postgresql.conf", "old_pg_hba.conf"} {
		if text := server.Exec("sh", "-c", "cat $PGDATA/"+kept); !strings.Contains(text, "PostgreSQL") {
			t.Errorf("%s is not initdb's: %q", kept, text)
		}
	}

	master.Write("postgresql/postgresql.conf", "listen_addresses = '*'\nmax_connections = 88\n")
	master.Compose("restart", "master")
	server.Healthy()
	if got := server.SQL("SHOW max_connections"); got != "88" {
		t.Errorf("max_connections after a change and a restart: got %s, want 88", got)
	}
}
