//go:build integration

package integration

import (
	"strings"
	"testing"
)

// TestHealthTellsWhyNoQueriesAreTaken leads a pair through what only its
// server's refusals tell, and a slot that somebody dropped.
func TestHealthTellsWhyNoQueriesAreTaken(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t, "health-recovery")
	seen := &checks{t: t}

	// The server waits 5 s for the one that is stopped before it recovers.
	pid := func(kind string) string {
		return a.SQL("SELECT pid FROM pg_stat_activity WHERE backend_type = '" + kind + "'")
	}
	a.Exec("sh", "-c", "kill -STOP "+pid("background writer")+" && kill -KILL "+pid("walwriter"))
	seen.until(a.Container, "recovery:")
	seen.note("a primary after a crash", a.Container)
	seen.until(a.Container, "1 standby streaming")

	b.Docker("pause")
	a.SQL("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots")
	Eventually(t, "the slot is dropped", func() bool {
		_, err := a.trySQL("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
		return err == nil
	})
	b.Docker("unpause")
	seen.until(b.Container, "NOT CONNECTED")
	past(b.Container)
	if a.SQL("SHOW server_version_num") >= "150000" { // older ones do not say so
		seen.until(b.Container, "there is no slot")
	}

	b.SQL("ALTER SYSTEM SET hot_standby = off")
	b.Docker("restart")
	seen.until(b.Container, "hot_standby")
	seen.note("a standby that takes no queries", b.Container)
	Eventually(t, "it streams from the slot that its start has made", func() bool {
		return a.SQL("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "1"
	})
	Golden(t, "health/recovery", seen.String())
}

// TestAPermanentFailureIsOneBlockAtEachStart restarts a standby whose role may
// not replicate, as Docker does.
func TestAPermanentFailureIsOneBlockAtEachStart(t *testing.T) {
	t.Parallel()
	a, b := newPair(t, "block")
	a.SQL("ALTER ROLE postgres_replicator NOREPLICATION")
	b.as("standby", "a")
	lines := func() int { return len(strings.Split(b.Logs(), "\n")) }
	if status := b.ends(); status != "78" {
		t.Errorf("the standby ends with %s, want 78", status)
	}
	once := lines()
	for range 2 {
		b.Docker("start")
		b.ends()
	}
	if all := lines(); once > 6 || all != 3*once {
		t.Errorf("one start says %d lines and three say %d, want 6 at most and three times as many:\n%s", once, all, b.Logs())
	}
	b.Says("may not replicate", "hint=", "ALTER ROLE")
}
