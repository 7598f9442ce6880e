package pgsql

import (
	"context"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

func TestASessionTakesOneConnectionForAllItsQuestions(t *testing.T) {
	server := startServer(t, []string{everybody}, "max_wal_senders=1", "max_connections=77")
	server.makeRole(t, "r", "secret")
	s := open(t, server.upstream("r", "secret"))
	who, err := s.Identify(within(t, 5*time.Second))
	if err != nil || who.Timeline != 1 || who.Settings["max_connections"] != "77" {
		t.Fatalf("got %+v, %v", who, err)
	}
	if _, err := s.TimelineHistory(within(t, 5*time.Second), 2); err == nil {
		t.Error("timeline 2 has a history")
	}
	if supply, err := s.HasWAL(within(t, 5*time.Second), 1, who.LSN); err != nil || supply != pg.WALThere {
		t.Errorf("got %s, %v", supply, err)
	}
	if _, err := s.Reserve(within(t, 5*time.Second), "one"); err != nil {
		t.Error(err)
	}
	if state, from, err := s.ReadSlot(within(t, 5*time.Second), "one"); err != nil || server.major(t) >= 15 && (state != pg.SlotHolds || from == 0) {
		t.Errorf("got %s from %s, %v", state, from, err)
	}
	var count int
	query := server.connect(t).QueryRow(context.Background(), "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'")
	if err := query.Scan(&count); err != nil || count != 1 {
		t.Errorf("%d walsenders, %v", count, err)
	}
	s.Close()
	open(t, server.upstream("r", "secret")) // its place is free at once
}

func TestASessionOutlivesItsConnection(t *testing.T) {
	server := startServer(t, []string{everybody})
	server.makeRole(t, "r", "secret")
	s := open(t, server.upstream("r", "secret"))
	for range 2 {
		server.sql(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'walsender'")
		server.awaitTrue(t, "NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'walsender')")
		if _, err := s.Identify(within(t, 5*time.Second)); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Identify(ctx); err == nil {
		t.Error("a question with a cancelled context was answered")
	}
	if _, err := s.Identify(within(t, 5*time.Second)); err != nil {
		t.Errorf("after a question that was cut short: %v", err)
	}
}

func TestAServerShowsItsSettingsToAReplicationRole(t *testing.T) {
	server := startServer(t, []string{everybody}, "max_slot_wal_keep_size=32MB", "wal_log_hints=on", "synchronous_standby_names=FIRST 1 (\"Db 2\", db3)",
		"synchronous_commit=local", "log_error_verbosity=terse")
	server.makeRole(t, "r", "secret")
	settings, err := open(t, server.upstream("r", "secret")).Settings(within(t, 5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range shownSettings {
		if _, known := settings[name]; !known {
			t.Errorf("%s is unknown", name)
		}
	}
	if limit, known := settings.Bytes("max_slot_wal_keep_size"); !known || limit != 32<<20 {
		t.Errorf("max_slot_wal_keep_size is %d, %t", limit, known)
	}
	if size, known := settings.Number("block_size"); !known || size != 8192 {
		t.Errorf("block_size is %d, %t", size, known)
	}
	if !settings.On("wal_log_hints") || settings["wal_level"] != "replica" {
		t.Errorf("got %v", settings)
	}
	for name, want := range map[string]bool{"DB3": true, "db2": false, "db 2": false} {
		if named, any := settings.Synchronous(name); named != want || !any {
			t.Errorf("%s: named %t, any %t", name, named, any)
		}
	}
}

func TestWALThatAStandbyNeedsIsDistinguishedFromWhatIsGone(t *testing.T) {
	server := startServer(t, []string{everybody}, "wal_keep_size=0", "autovacuum=off")
	server.makeRole(t, "r", "secret")
	s := open(t, server.upstream("r", "secret"))
	server.sql(t, "CREATE TABLE t AS SELECT generate_series(1, 10000) AS i")
	early := server.flushed(t)
	server.sql(t, "SELECT pg_switch_wal()", "INSERT INTO t VALUES (1)", "SELECT pg_switch_wal()", "INSERT INTO t VALUES (1)", "CHECKPOINT")
	end := server.flushed(t)
	for _, test := range []struct {
		timeline pg.Timeline
		at       pg.LSN
		want     pg.WALSupply
	}{{1, end, pg.WALThere}, {1, end - 8, pg.WALThere}, {1, early, pg.WALGone}, {1, end + 1<<20, pg.WALAhead}, {2, end, pg.WALElsewhere}} {
		if got, err := s.HasWAL(within(t, 5*time.Second), test.timeline, test.at); err != nil || got != test.want {
			t.Errorf("timeline %d from %s: got %s, %v, want %s", test.timeline, test.at, got, err, test.want)
		}
	}
}
