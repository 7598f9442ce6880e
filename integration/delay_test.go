//go:build integration

package integration

import (
	"strings"
	"testing"
)

// TestADelayedStandbyIsLateAsItIsMeantToBe follows one through a restart, which
// leaves it without a connection until it has replayed what it holds.
func TestADelayedStandbyIsLateAsItIsMeantToBe(t *testing.T) {
	t.Parallel()
	a, b := newPair(t, "delay")
	b.as("standby", "a", "APPLY_DELAY=1h")
	b.Healthy()
	if delay := b.SQL("SHOW recovery_min_apply_delay"); delay != "1h" {
		t.Errorf("the delay is %s, want 1h", delay)
	}

	seen := &checks{t: t}
	a.SQL("CREATE TABLE late AS SELECT generate_series(1, 10000)")
	Eventually(t, "what was written arrives and waits", func() bool {
		return b.SQL("SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()") == "t"
	})
	seen.note("a delayed standby", b.Container, "--max-lag-time", "10s")
	if _, err := b.trySQL("TABLE late"); err == nil {
		t.Error("a change of this minute is visible")
	}
	if status := b.Exec("pgreplica", "status"); !strings.HasPrefix(status, "OK  the standby streams from its primary, and shows each change 1h later") {
		t.Errorf("status says\n%s", status)
	}

	a.SQL("SELECT pg_switch_wal()")
	a.SQL("CHECKPOINT")
	b.Docker("restart")
	seen.until(b.Container, "NOT CONNECTED")
	seen.note("the same, restarted", b.Container)
	a.Docker("stop")
	b.Exec("rm", "--force", "/var/run/postgresql/.pgreplica/why-not")
	seen.note("the same, whose primary is gone", b.Container)
	a.Docker("start")
	a.Healthy()
	Golden(t, "health/delayed", seen.String())

	b.as("standby", "a")
	b.Healthy()
	follows(t, a.Container, b.Container)
	if rows := b.SQL("SELECT count(*) FROM late"); rows != "10000" {
		t.Errorf("without the delay %s rows are there, want 10000", rows)
	}
	if conf := b.Exec("cat", dataDir+"/postgresql.auto.conf"); strings.Contains(conf, "recovery_min_apply_delay") {
		t.Errorf("the delay is still written:\n%s", conf)
	}
}

// TestADelayOfSomebodyElsesStays restarts a standby that was delayed by hand.
func TestADelayOfSomebodyElsesStays(t *testing.T) {
	t.Parallel()
	_, b := twoNodes(t, "delay-own")
	b.SQL("ALTER SYSTEM SET recovery_min_apply_delay = '7min'")
	b.Docker("restart")
	b.Healthy()
	if delay := b.SQL("SHOW recovery_min_apply_delay"); delay != "7min" {
		t.Errorf("the delay is %s, want 7min", delay)
	}
}
