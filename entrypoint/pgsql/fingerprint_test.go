package pgsql

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

const (
	segment = 16 << 20
	// Where records of two servers differ at the latest: their checksums are in
	// their headers, which may follow a page's.
	firstRecord = 24 + 40
)

// The copies of a cluster diverge from it in every way, one after the other.
func TestAForkIsDistinguishedFromAHealthyStandby(t *testing.T) {
	primary := makeCluster(t)
	old := primary.copyFiles(t, "old")
	settings := []string{"wal_keep_size=256MB", "autovacuum=off", "checkpoint_timeout=1h"}
	primary.start(t, []string{everybody}, settings...)
	primary.makeRole(t, "r", "secret")
	u := primary.upstream("r", "secret")
	primary.sql(t, "CREATE TABLE t AS SELECT generate_series(1, 10000) AS i")
	follow := append(settings, "primary_conninfo=host="+primary.dir+" port="+port(primary)+" user=postgres")
	inSync := func(name string) *server {
		standby := primary.backup(t, name)
		standby.write(t, "standby.signal")
		standby.start(t, []string{everybody}, follow...)
		primary.sql(t, "INSERT INTO t SELECT generate_series(1, 5000)")
		standby.awaitTrue(t, "pg_last_wal_replay_lsn() >= '"+primary.flushed(t).String()+"'")
		return standby
	}

	standby := inSync("standby")
	t.Run("a healthy standby", func(t *testing.T) {
		start, local := standby.tail(t, 1, standby.lsn(t, "pg_last_wal_receive_lsn()"))
		expect(t, u, 1, start, local, pg.SameWAL, start+pg.LSN(len(local)), 0)
		if len(local) < 100_000 || len(local) == segment {
			t.Errorf("compared %d bytes, want some of a file", len(local))
		}
	})
	t.Run("a standby that lags behind by far", func(t *testing.T) {
		start, local := standby.tail(t, 1, standby.lsn(t, "pg_last_wal_receive_lsn()"))
		primary.sql(t, "INSERT INTO t SELECT generate_series(1, 200000)")
		expect(t, u, 1, start, local, pg.SameWAL, start+pg.LSN(len(local)), 0)
	})
	t.Run("a standby that ran read-write", func(t *testing.T) {
		standby.awaitTrue(t, "pg_last_wal_replay_lsn() = '"+primary.flushed(t).String()+"'")
		standby.stop(t)
		fork := standby.minRecovery(t)
		if err := os.Remove(filepath.Join(standby.data, "standby.signal")); err != nil {
			t.Fatal(err)
		}
		primary.sql(t, "INSERT INTO t VALUES (1)")
		standby.start(t, []string{everybody}, settings...)
		standby.sql(t, "INSERT INTO t VALUES (2), (3)")
		start, local := standby.tail(t, 1, standby.flushed(t))
		expect(t, u, 1, start, local, pg.OtherWAL, fork, firstRecord)
	})

	promoted := inSync("promoted")
	promoted.sql(t, "SELECT pg_promote()")
	up := promoted.upstream("r", "secret")
	after, err := history(t, up, 2)
	if err != nil || len(after) != 1 {
		t.Fatalf("got history %v, %v", after, err)
	}
	fork := after[0].End
	primary.sql(t, "INSERT INTO t VALUES (4)")
	t.Run("an old primary with WAL of its own", func(t *testing.T) {
		if relation, branch := pg.Fork(nil, 1, after, 2); relation != pg.Ancestor || branch != (pg.Branch{Timeline: 1, End: fork}) {
			t.Errorf("got %s at %v", relation, branch)
		}
		start, local := primary.tail(t, 1, primary.flushed(t))
		expect(t, up, 1, start, local, pg.AheadWAL, fork, 0)
	})
	t.Run("an old primary that ended where the new one began", func(t *testing.T) {
		start, local := primary.tail(t, 1, fork)
		expect(t, up, 1, start, local, pg.SameWAL, fork, 0)
		expect(t, up, 1, fork, nil, pg.SameWAL, fork, 0)
		expect(t, up, 1, fork+8, make([]byte, 8), pg.AheadWAL, fork, 0)
	})
	t.Run("a promoted standby, asked of its old primary", func(t *testing.T) {
		start, local := promoted.tail(t, 2, promoted.flushed(t))
		s := open(t, u)
		defer s.Close()
		_, err := s.Fingerprint(within(t, 5*time.Second), 2, start, local, segment)
		check(t, "timeline", err, Permanent, 1, u.address()+" answers: requested timeline 2 is not in this server's history", "log")
		_, err = history(t, u, 2)
		check(t, "history", err, Permanent, 1, u.address()+" answers: could not open file", "log")
		if none, err := history(t, u, 1); err != nil || none != nil {
			t.Errorf("timeline 1: got %v, %v", none, err)
		}
	})
	t.Run("a primary that was restored from an older copy", func(t *testing.T) {
		old.start(t, []string{everybody}, settings...)
		old.makeRole(t, "r", "secret")
		end := old.flushed(t)
		start, local := old.tail(t, 1, end)
		local = append(local, make([]byte, 4096)...)
		expect(t, old.upstream("r", "secret"), 1, start, local, pg.AheadWAL, end, 0)
		expect(t, old.upstream("r", "secret"), 1, start+segment, local, pg.AheadWAL, end, 0)
	})
	primary.noSenders(t)

	one, other := inSync("one"), inSync("other")
	primary.stop(t) // each hears of it and ends at the same LSN
	t.Run("two timeline 2s", func(t *testing.T) {
		one.sql(t, "SELECT pg_promote()")
		other.sql(t, "SELECT pg_promote()")
		history1, err := history(t, one.upstream("r", "secret"), 2)
		if err != nil {
			t.Fatal(err)
		}
		if relation, branch := pg.Fork(after, 2, history1, 2); relation != pg.Parted || branch != (pg.Branch{Timeline: 1, End: fork}) {
			t.Errorf("got %s at %v, want parted at %s", relation, branch, fork)
		}
		history2, err := history(t, other.upstream("r", "secret"), 2)
		if relation, _ := pg.Fork(history1, 2, history2, 2); err != nil || relation != pg.SameTimeline {
			t.Errorf("from the same LSN: got %s of %v and %v, %v", relation, history1, history2, err)
		}
		start, local := one.tail(t, 2, one.flushed(t)) // where only the bytes differ
		expect(t, other.upstream("r", "secret"), 2, start, local, pg.OtherWAL, history1[0].End, firstRecord)
	})
}

func TestWALThatIsGoneIsReported(t *testing.T) {
	server := startServer(t, []string{everybody}, "wal_keep_size=0", "autovacuum=off")
	server.makeRole(t, "r", "secret")
	u := server.upstream("r", "secret")
	server.sql(t, "CREATE TABLE t AS SELECT generate_series(1, 10000) AS i")
	start, local := server.tail(t, 1, server.flushed(t))
	server.sql(t, "SELECT pg_switch_wal()", "INSERT INTO t VALUES (1)")
	full, file := server.tail(t, 1, start+segment) // to its very end
	end := server.flushed(t)
	_, page := server.tail(t, 1, end)
	expect(t, u, 1, full, file, pg.SameWAL, start+segment, 0)

	server.sql(t, "CHECKPOINT")
	expect(t, u, 1, start, local, pg.GoneWAL, start, 0)
	// What a standby needs is there: the file that it goes on with.
	expect(t, u, 1, full, file, pg.SameWAL, start+segment, 0)
	expect(t, u, 1, full, append(slices.Clone(file), page...), pg.SameWAL, end, 0)

	server.sql(t, "SELECT pg_switch_wal()", "CHECKPOINT")
	expect(t, u, 1, full, file, pg.GoneWAL, start+segment, 0)
	expect(t, u, 1, full, append(slices.Clone(file), page...), pg.GoneWAL, start+segment, 0)
	server.noSenders(t)
}

// expect compares local WAL with the server's and expects a match that ends at
// an LSN, or up to slack bytes behind it.
func expect(t *testing.T, u Upstream, timeline pg.Timeline, start pg.LSN, local []byte, match pg.WALMatch, at, slack pg.LSN) {
	t.Helper()
	s := open(t, u)
	defer s.Close()
	got, err := s.Fingerprint(within(t, 5*time.Second), timeline, start, local, segment)
	if err != nil {
		t.Error(err)
	} else if got.Match != match || got.At < at || got.At > at+slack {
		t.Errorf("got %s at %s, want %s at %s", got.Match, got.At, match, at)
	}
}

// history asks in a new session.
func history(t *testing.T, u Upstream, timeline pg.Timeline) (pg.History, error) {
	t.Helper()
	s := open(t, u)
	defer s.Close()
	return s.TimelineHistory(within(t, 5*time.Second), timeline)
}
