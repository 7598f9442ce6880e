//go:build integration

package integration

import (
	"strings"
	"testing"
	"time"
)

// TestCommitsGoOnWhenASynchronousStandbyLeaves begins without a standby: a
// first start has commits of its own, which wait for nobody.
func TestCommitsGoOnWhenASynchronousStandbyLeaves(t *testing.T) {
	t.Parallel()
	three := New(t, "examples/synchronous")
	three.Up("master")
	three.Up()
	master := three.Service("master")
	Eventually(t, "both standbys may confirm a commit", func() bool { return strings.Count(three.typed("sync_state"), "quorum") == 2 })
	follows(t, master, three.Service("slave1"))
	follows(t, master, three.Service("slave2"))

	three.typed("stop slave1")
	select {
	case err := <-commit(master):
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a commit waits for both standbys")
	}
	follows(t, master, three.Service("slave2"))

	three.Compose("stop", "slave2")
	waiting := commit(master)
	Eventually(t, "a commit waits for a standby", func() bool {
		return master.SQL("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "1"
	})
	master.wants(t, 2, []string{"commits hang", "ALTER SYSTEM SET synchronous_standby_names = ''"}, "doctor")
	master.wants(t, 2, []string{"CRITICAL  commits hang", "SYNC"}, "status")
	if health, err := master.tryExec("pgreplica", "healthcheck"); err != nil || !strings.Contains(health, "commits HANG") {
		t.Errorf("a primary whose commits wait is not healthy, or does not say that they do: %s", health)
	}
	three.typed("ALTER SYSTEM SET")
	if err := <-waiting; err != nil {
		t.Errorf("the commit that waited: %v", err)
	}

	three.Compose("start", "slave1", "slave2")
	three.typed("ALTER SYSTEM RESET")
	Eventually(t, "commits wait for one of two again", func() bool { return strings.Count(three.typed("sync_state"), "quorum") == 2 })
	follows(t, master, three.Service("slave1"))
}

// TestACopyConfirmsNoCommit begins a copy while a commit waits. What is still
// being copied is no standby to anybody.
func TestACopyConfirmsNoCommit(t *testing.T) {
	t.Parallel()
	three := New(t, "examples/synchronous")
	three.Write("compose.override.yaml", "services:\n  slave1:\n    environment:\n      CLONE_MAX_RATE: 4M\n")
	three.Up("master")
	master := three.Service("master")
	master.SQL("SET synchronous_commit = local; CREATE TABLE test (line serial); CREATE TABLE large AS SELECT repeat(md5(n::text), 20) FROM generate_series(1, 50000) AS n")
	waiting := commit(master)
	three.Compose("up", "--detach", "slave1")
	three.Service("slave1").Says("percent=")
	Eventually(t, "the copy streams WAL", func() bool {
		return master.SQL("SELECT string_agg(state, ' ' ORDER BY state) FROM pg_stat_replication") == "backup streaming"
	})
	if names := master.SQL("SELECT string_agg(DISTINCT application_name || ' ' || sync_state, ', ') FROM pg_stat_replication"); names != "copy of slave1 async" {
		t.Errorf("the copy is %s", names)
	}
	master.wants(t, 2, []string{"commits hang", "slave1", "backup"}, "status")
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	if states := master.SQL("SELECT application_name || ' ' || sync_state FROM pg_stat_replication"); states != "slave1 quorum" {
		t.Errorf("a commit was confirmed by %s", states)
	}
}

// commit begins a commit, and sends its error when it returns.
func commit(primary Container) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := primary.trySQL("INSERT INTO test DEFAULT VALUES")
		done <- err
	}()
	return done
}
