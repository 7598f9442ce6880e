package pgsql

import (
	"context"
	"errors"
	"maps"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

func TestASocketWithoutAServerIsNamed(t *testing.T) {
	dir := t.TempDir()
	_, err := Local(context.Background(), dir, 5432, "postgres", "postgres")
	check(t, "none", err, Transient, 69, "no server listens on "+dir+"/.s.PGSQL.5432", "log")
}

func TestARoleThatTheSocketRefusesIsNamed(t *testing.T) {
	server := startServer(t, nil)
	_, err := Local(context.Background(), server.dir, server.port, "nobody", "postgres")
	check(t, "role", err, Permanent, 1, `the server refuses the connection: role "nobody" does not exist`, "pg_hba.conf")
}

func TestADatabaseOfAnyEncodingIsAsked(t *testing.T) {
	server := startServer(t, []string{"host all all 127.0.0.1/32 trust"}, "standard_conforming_strings=off")
	conn := server.connect(t)
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE old TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"); err != nil {
		t.Fatal(err)
	}
	old, err := Local(t.Context(), server.dir, server.port, "postgres", "old")
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close(t.Context())
	if _, err := Look(t.Context(), old); err != nil {
		t.Error(err)
	}
	if _, err := DataBytes(t.Context(), server.upstream("postgres", ""), "old"); err != nil {
		t.Error(err)
	}
}

func TestOurLoginNeedsNoDatabasePostgres(t *testing.T) {
	server := startServer(t, nil)
	login := func() string {
		conn, err := Local(context.Background(), server.dir, server.port, "postgres", "postgres", "template1")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		return conn.Config().Database
	}
	admin, err := Local(context.Background(), server.dir, server.port, "postgres", "template1")
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	for _, c := range []struct{ statement, database string }{
		{"SELECT true", "postgres"},
		{"ALTER DATABASE postgres ALLOW_CONNECTIONS false", "template1"},
		{"UPDATE pg_database SET datallowconn = true, datcollate = 'de_DE.nowhere' WHERE datname = 'postgres'", "template1"},
		{"DROP DATABASE postgres", "template1"},
	} {
		if err := RunRoleStatements(context.Background(), admin, []string{c.statement}); err != nil {
			t.Fatal(err)
		}
		if got := login(); got != c.database {
			t.Errorf("after %s: logged in to %s, want %s", c.statement, got, c.database)
		}
	}
	if err := RunRoleStatements(context.Background(), admin, []string{"UPDATE pg_database SET datcollate = 'de_DE.nowhere'"}); err != nil {
		t.Fatal(err)
	}
	_, err = Local(context.Background(), server.dir, server.port, "postgres", "postgres", "template1")
	check(t, "locale", err, Permanent, 1, "the server refuses the connection: database locale is incompatible with operating system", "localedef")
	if IDOf(err) != "locale" {
		t.Errorf("got the ID %s", IDOf(err))
	}
}

func TestAServerThatIsNotReadyIsNamed(t *testing.T) {
	server := makeCluster(t)
	server.write(t, "standby.signal")
	server.launch(t, []string{everybody}, "hot_standby=off")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, err := server.local()
		if f, ok := errors.AsType[*Failure](err); ok && errors.Is(f.Err, syscall.ECONNREFUSED) && time.Now().Before(deadline) {
			continue
		}
		check(t, "socket", err, Transient, 69, "the server does not take connections yet: the database system is ", "log")
		break
	}
	_, err := Identify(within(t, 5*time.Second), server.upstream("r", "canary"))
	check(t, "network", err, Transient, 69, server.upstream("", "").address()+" does not take connections yet: the database system is ", "docker compose logs")
}

func TestAPrimaryReportsItsHealth(t *testing.T) {
	server := startServer(t, nil, "cluster_name=db1", "max_connections=33", "max_prepared_transactions=4")
	conn := server.connect(t)
	before, err := Look(context.Background(), conn)
	if err != nil {
		t.Fatal(err)
	}
	if before.Restores || before.InRecovery || before.Streaming() || before.Receiver != nil || before.ReplayPaused || before.ClusterName != "db1" ||
		before.Timeline != 1 || before.SystemID == 0 || before.LSN == 0 || before.Received != 0 || before.Behind() != 0 {
		t.Errorf("got %+v", before)
	}
	if want := (pg.Limits{"max_connections": 33, "max_worker_processes": 8, "max_wal_senders": 10, "max_prepared_transactions": 4,
		"max_locks_per_transaction": 64}); !maps.Equal(before.Limits, want) || before.Streams != 0 || before.Delay != 0 {
		t.Errorf("got limits %v, %d standbys, delay %v", before.Limits, before.Streams, before.Delay)
	}
	server.sql(t, "CREATE TABLE t ()")
	if after, err := Look(context.Background(), conn); err != nil || after.LSN <= before.LSN {
		t.Errorf("got %+v (%v), want more WAL than %+v", after, err, before)
	}
}

// A standby is not reached yet, then streams, is paused, cut off and promoted.
func TestAStandbyReportsItsHealth(t *testing.T) {
	primary := startServer(t, []string{everybody})
	primary.makeRole(t, "r", "secret")
	u := primary.upstream("r", "secret")
	session := open(t, u)
	if _, err := session.Reserve(within(t, 5*time.Second), "one"); err != nil {
		t.Fatal(err)
	}
	session.Close()
	standby := primary.clone(t)
	standby.start(t, nil, "cluster_name=db2", "restore_command=false", "primary_slot_name=one", "hot_standby=on", "wal_receiver_status_interval=1",
		"primary_conninfo=host="+primary.dir+" port="+port(primary)+" user=postgres application_name=db2")
	conn := standby.connect(t)
	until := func(what string, true func(pg.Health) bool) pg.Health {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			health, err := Look(context.Background(), conn)
			if err != nil {
				t.Fatal(err)
			}
			if true(health) {
				return health
			}
			if time.Now().After(deadline) {
				t.Fatalf("it is not %s: %+v (receiver %+v)", what, health, health.Receiver)
			}
		}
	}

	got := until("streaming", func(h pg.Health) bool { return h.Streaming() && h.LSN > 0 && h.Behind() == 0 })
	if !got.Restores || !got.InRecovery || got.Receiver.Slot != "one" || got.Receiver.Host != primary.dir || got.Receiver.Port != primary.port ||
		got.Timeline != 1 || got.Received < got.LSN || got.Receiver.Heard < 0 || got.Receiver.Silent() || got.Receiver.Timeout != time.Minute || got.Slot != "one" || got.ClusterName != "db2" {
		t.Errorf("streaming: got %+v (receiver %+v)", got, got.Receiver)
	}
	if here, err := Look(context.Background(), primary.connect(t)); err != nil || here.Streams != 1 {
		t.Errorf("the primary says %+v (%v), want one standby", here, err)
	}
	followers, err := Standbys(context.Background(), primary.connect(t))
	for deadline := time.Now().Add(20 * time.Second); len(followers) == 1 && followers[0].Behind < 0 && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond) // it has not replied yet
		followers, err = Standbys(context.Background(), primary.connect(t))
	}
	if err != nil || len(followers) != 1 || followers[0].Name != "db2" || followers[0].Slot != "one" || followers[0].State != "streaming" ||
		followers[0].SyncState != "async" || followers[0].Addr != "" || followers[0].Behind < 0 || followers[0].Heard < 0 {
		t.Errorf("got followers %+v (%v)", followers, err)
	}

	// A second server of the same name and slot asks, in startup, from the same address.
	second := primary.upstream("postgres", "")
	second.Host, second.ApplicationName = primary.dir, "db2"
	asks := open(t, second)
	if why := asks.UserOf(within(t, 5*time.Second), "one"); why == nil || why.ID != "slot-active" {
		t.Errorf("the second server hears %+v of the slot", why)
	}
	if here, err := Look(context.Background(), primary.connect(t)); err != nil || here.Streams != 1 {
		t.Errorf("while another server asks the primary says %+v (%v), want one standby", here, err)
	}
	asks.Close()

	standby.sql(t, "SELECT pg_wal_replay_pause()")
	primary.sql(t, "CREATE TABLE t ()")
	until("paused", func(h pg.Health) bool { return h.ReplayPaused && h.Streaming() && h.Behind() > 0 && h.Received > h.LSN })
	standby.sql(t, "SELECT pg_wal_replay_resume()")
	until("level again", func(h pg.Health) bool { return !h.ReplayPaused && h.Behind() == 0 })

	upstream := standby.upstream("postgres", "")
	upstream.Host = standby.dir
	if server, err := Identify(within(t, 5*time.Second), upstream); err != nil || !server.InRecovery || server.SystemID != got.SystemID {
		t.Errorf("Identify says %+v (%v), want a standby", server, err)
	}
	standby.sql(t, "ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_promote()")
	until("a primary of timeline 2", func(h pg.Health) bool { return !h.InRecovery && h.Timeline == 2 && h.Receiver == nil })
}

// clone copies the cluster into one that will be its standby.
func (s *server) clone(t *testing.T) *server {
	t.Helper()
	copied := &server{dir: s.dir + "/standby", data: s.dir + "/standby/data"}
	s.run(t, nil, "pg_basebackup", "-h", s.dir, "-p", port(s), "-U", "postgres", "-D", copied.data, "-c", "fast", "-X", "stream", "--no-sync")
	copied.write(t, "standby.signal")
	return copied
}

// TestPgHbaIsBlamedForRefusedLoginsAlone explains what a server here may answer.
func TestPgHbaIsBlamedForRefusedLoginsAlone(t *testing.T) {
	for code, want := range map[string]string{"28000": "pg_hba.conf", "28P01": "pg_hba.conf", "53300": "max_connections", "53200": "memory", "3D000": "log", "": "log"} {
		failure, _ := errors.AsType[*Failure](explainLocal(&pgconn.PgError{Code: code, Message: "no"}, "socket"))
		if !strings.Contains(failure.Fix, want) || strings.Contains(failure.Fix, "pg_hba.conf") != (want == "pg_hba.conf") {
			t.Errorf("%q: %s", code, failure.Fix)
		}
	}
}
