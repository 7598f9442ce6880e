package pgctl

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

// A primary and its standby are stopped in every way; each end of WAL is
// compared with the end that recovery reports.
func TestTheEndOfWALIsFound(t *testing.T) {
	primary := newCluster(t)
	primary.start()
	primary.sql("CREATE TABLE t AS SELECT generate_series(1, 200000) AS i")
	var standby *cluster

	t.Run("of a primary that was shut down", func(t *testing.T) {
		primary.stop(syscall.SIGINT)
		control := primary.expect(t, "shut down", primary.recoveryEnd(t))
		if end := primary.end(t); end <= control.Checkpoint {
			t.Errorf("got %s, want it after the checkpoint at %s", end, control.Checkpoint)
		}
	})
	t.Run("of a primary that crashed", func(t *testing.T) {
		primary.start()
		primary.sql("INSERT INTO t SELECT generate_series(1, 300000)")
		primary.stop(syscall.SIGQUIT)
		primary.expect(t, "in production", primary.recoveryEnd(t))
		primary.checkRecordEnds(t)
	})
	t.Run("where the next file is missing", func(t *testing.T) {
		primary.start()
		standby = primary.clone(t, "standby") // a new one has no files in reserve
		standby.start("primary_conninfo=host=" + primary.dir + " user=postgres")
		primary.sql("INSERT INTO t VALUES (0)")
		primary.sql("SELECT pg_switch_wal()")
		end := lsn(t, primary.sql("SELECT pg_current_wal_lsn()"))
		standby.await("SELECT pg_last_wal_receive_lsn() = '" + end.String() + "'")
		standby.stop(syscall.SIGINT)
		if _, err := os.Stat(filepath.Join(standby.data, "pg_wal", pg.WALFile(1, end, 16<<20))); err == nil || end%(16<<20) != 0 {
			t.Fatalf("the standby has received WAL after %s: %v", end, err)
		}
		began := time.Now()
		control := standby.expect(t, "shut down in recovery", end)
		if control.MinRecovery != end {
			t.Errorf("got minimum recovery ending location %s, want %s", control.MinRecovery, end)
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("took %s: it waited for the file", took)
		}
	})
	t.Run("of a standby without the WAL of its data", func(t *testing.T) {
		control := standby.control(t)
		control.MinRecovery += 8 // as after a copy without WAL
		if got, err := EndOfWAL(context.Background(), standby.data, control); err != nil || got != control.MinRecovery {
			t.Errorf("got %s, %v, want %s", got, err, control.MinRecovery)
		}
	})
	t.Run("of a standby that crashed", func(t *testing.T) {
		standby.start("primary_conninfo=host=" + primary.dir + " user=postgres")
		standby.await("SELECT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')")
		standby.sql("SELECT pg_wal_replay_pause()") // received is what counts, not replayed
		primary.sql("INSERT INTO t SELECT generate_series(1, 100000)")
		end := lsn(t, primary.sql("SELECT pg_current_wal_flush_lsn()"))
		standby.await("SELECT pg_last_wal_receive_lsn() >= '" + end.String() + "'")
		standby.stop(syscall.SIGQUIT)
		standby.expect(t, "in archive recovery", end)
	})
	t.Run("of a standby that crashed after its promotion", func(t *testing.T) {
		standby.start()
		standby.sql("SELECT pg_promote()") // its checkpoint takes minutes
		standby.sql("INSERT INTO t VALUES (0)")
		end := lsn(t, standby.sql("SELECT pg_current_wal_flush_lsn()"))
		standby.stop(syscall.SIGQUIT)
		control := standby.expect(t, "in production", end)
		if control.CheckpointTimeline != 1 || control.Timeline() != 2 {
			t.Errorf("got a checkpoint on timeline %d and timeline %d, want 1 and 2", control.CheckpointTimeline, control.Timeline())
		}
		control.MinRecovery = end // as if nothing had been written since
		if got, err := EndOfWAL(context.Background(), standby.data, control); err != nil || got != end {
			t.Errorf("without a record after it: got %s, %v, want %s", got, err, end)
		}
	})
	t.Run("where a file in the middle is missing", func(t *testing.T) {
		primary.stop(syscall.SIGQUIT)
		control := primary.control(t)
		next := (primary.end(t)/(16<<20) + 1) << 24
		for file := next; file > control.Checkpoint; file -= 16 << 20 {
			want := lsn(t, regexp.MustCompile(`lsn: (\S+),`).FindStringSubmatch(lastLine(primary.waldump(control.Checkpoint, file)))[1])
			_ = os.Remove(filepath.Join(primary.data, "pg_wal", pg.WALFile(1, file, 16<<20)))
			if got := primary.end(t); got <= want || got > file {
				t.Errorf("got %s, want the end of the record at %s, before %s", got, want, file)
			}
		}
		if err := os.Remove(filepath.Join(primary.data, "pg_wal", pg.WALFile(1, control.Checkpoint, 16<<20))); err != nil {
			t.Fatal(err)
		}
		if _, err := EndOfWAL(context.Background(), primary.data, control); err == nil || !strings.Contains(err.Error(), "the WAL of the last checkpoint") {
			t.Errorf("without any file: got %v", err)
		}
	})
	t.Run("but not where pg_control is damaged", func(t *testing.T) {
		path := filepath.Join(primary.data, "global", "pg_control")
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		content[40]++
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ControlData(context.Background(), primary.data); err == nil {
			t.Errorf("got %+v", got)
		}
	})
}

func (c *cluster) control(t *testing.T) Control {
	t.Helper()
	control, err := ControlData(context.Background(), c.data)
	if err != nil {
		t.Fatal(err)
	}
	return control
}

func (c *cluster) end(t *testing.T) pg.LSN {
	t.Helper()
	end, err := EndOfWAL(context.Background(), c.data, c.control(t))
	if err != nil {
		t.Fatal(err)
	}
	return end
}

func (c *cluster) expect(t *testing.T, state string, end pg.LSN) Control {
	t.Helper()
	control := c.control(t)
	if got := c.end(t); got != end || control.State != state {
		t.Errorf("got %s, %s, want %s, %s", got, control.State, end, state)
	}
	return control
}

func (c *cluster) waldump(from, to pg.LSN) string {
	out, _ := c.command("pg_waldump", "-p", filepath.Join(c.data, "pg_wal"), "-s", from.String(), "-e", to.String()).CombinedOutput()
	return string(out)
}

// recoveryEnd is where PostgreSQL's reader finds the first invalid record.
func (c *cluster) recoveryEnd(t *testing.T) pg.LSN {
	t.Helper()
	out := c.waldump(c.control(t).Checkpoint, 1<<40)
	found := regexp.MustCompile(`invalid record length at (\S+):`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no end in %s", lastLine(out))
	}
	return lsn(t, found[1])
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range slices.Backward(lines) {
		if strings.HasPrefix(line, "rmgr: ") {
			return line
		}
	}
	return lines[len(lines)-1]
}

func lsn(t *testing.T, text string) pg.LSN {
	t.Helper()
	at, err := pg.ParseLSN(text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
