//go:build integration

package integration

import (
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestStatusTellsTheTruth leads one pair through what can happen to it.
func TestStatusTellsTheTruth(t *testing.T) {
	t.Parallel()
	pair := Up(t)
	pair.Replicates()
	for _, test := range []struct {
		name  string
		check func(*testing.T, *Cluster)
	}{
		{"streaming", statusStreaming}, {"watched", statusWatched}, {"paused", statusPaused},
		{"an unused slot", slotUnused}, {"a slot that is lost", slotLost}, {"a primary that does not answer", statusUnanswered},
		{"a primary that is stopped", statusAlone}, {"a standby that is stopped", statusAtRest}, {"a standby that is copied anew", slotOfStandbyLost},
	} {
		if !t.Run(test.name, func(t *testing.T) { test.check(t, pair) }) {
			return
		}
	}
}

// says runs pgreplica in a container and returns what it printed and its status.
func (c Container) says(t *testing.T, args ...string) (said string, status int) {
	t.Helper()
	said, err := c.tryExec(append([]string{"pgreplica"}, args...)...)
	return said, exitStatus(t, err)
}

// wants fails where a command says less than the words, or exits otherwise.
func (c Container) wants(t *testing.T, status int, words []string, args ...string) {
	t.Helper()
	said, got := c.says(t, args...)
	for _, word := range words {
		if !strings.Contains(said, word) {
			t.Errorf("pgreplica %q does not say %q", args, word)
			status = -1
		}
	}
	if got != status {
		t.Errorf("pgreplica %q: exit %d\n%s", args, got, said)
	}
}

func statusStreaming(t *testing.T, pair *Cluster) {
	master, slave := pair.Service("master"), pair.Service("slave")
	Eventually(t, "the standby has replied", func() bool {
		said, _ := master.says(t, "status")
		return strings.Contains(said, "streaming  -   0 B     0 s")
	})
	master.wants(t, 0, []string{"OK  the primary runs, 1 standby streams\n", " * primary", "its standby", "reserved", "LIMIT"}, "status")
	slave.wants(t, 0, []string{"OK  the standby streams from its primary\n", "master", " * pgreplica_", "0 B     0 s"}, "status")
	slave.wants(t, 0, []string{"unapplied 0 B"}, "status", "-v")
	for _, container := range []Container{master, slave} {
		if said, err := docker("exec", "--user", "postgres", container.ID, "pgreplica", "status"); err != nil || !strings.HasPrefix(said, "OK  ") {
			t.Errorf("as postgres: %v\n%s", err, said)
		}
		said, _ := container.says(t, "status", "--json")
		var report struct {
			Version int
			Level   string
			Nodes   []struct{ State string }
		}
		if err := json.Unmarshal([]byte(said), &report); err != nil || report.Version != 1 || report.Level != "ok" || len(report.Nodes) != 2 {
			t.Errorf("%v\n%s", err, said)
		}
		wide, _ := container.says(t, "status", "-v")
		for line := range strings.Lines(wide) {
			if len(line) > 85 && !strings.Contains(line, "docker ") {
				t.Errorf("%d columns: %s", len(line), line)
			}
		}
	}
}

func statusWatched(t *testing.T, pair *Cluster) {
	said, err := pair.Service("slave").tryExec("timeout", "--preserve-status", "--signal", "INT", "2", "pgreplica", "status", "--watch=300ms", "--quiet")
	ended, _ := errors.AsType[*exec.ExitError](err)
	if ended == nil || ended.ExitCode() != 130 || strings.Count(said, "OK  the standby streams from its primary") < 2 || strings.Contains(said, "signal") {
		t.Errorf("%v\n%s", err, said)
	}
}

func statusPaused(t *testing.T, pair *Cluster) {
	master, slave := pair.Service("master"), pair.Service("slave")
	slave.SQL("SELECT pg_wal_replay_pause()")
	master.SQL("CREATE TABLE waits AS SELECT repeat('x', 1000) FROM generate_series(1, 3000)")
	slave.wants(t, 2, []string{"CRITICAL  replay is paused", "!* pgreplica_", " MiB", "pg_wal_replay_resume"}, "status")
	Eventually(t, "the primary hears that nothing is replayed", func() bool {
		said, _ := master.says(t, "status", "-v")
		return strings.Contains(said, "unsent 0 B, unflushed 0 B, unapplied 3.")
	})
	slave.SQL("SELECT pg_wal_replay_resume()")
	Eventually(t, "it is level again", func() bool {
		said, status := slave.says(t, "status")
		return status == 0 && strings.Contains(said, "0 B     0 s")
	})
}

// A server whose processes are frozen accepts connections and says nothing.
func statusUnanswered(t *testing.T, pair *Cluster) {
	master, slave := pair.Service("master"), pair.Service("slave")
	master.Docker("pause")
	began := time.Now()
	said, _ := slave.says(t, "status")
	took := time.Since(began)
	master.Docker("unpause")
	if took > 3*time.Second || !strings.Contains(said, "?  master") || !strings.Contains(said, "no answer") {
		t.Errorf("it took %s:\n%s", took, said)
	}
	Eventually(t, "both are well again", func() bool {
		_, status := slave.says(t, "status")
		return status == 0
	})
}

func statusAlone(t *testing.T, pair *Cluster) {
	slave := pair.Service("slave")
	pair.Compose("stop", "master")
	began := time.Now()
	slave.wants(t, 1, []string{"WARNING  standby, NOT CONNECTED for", "?  master", "not connected", "unknown", "docker compose"}, "status")
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
	pair.Up("master")
	pair.Replicates()
}

func statusAtRest(t *testing.T, pair *Cluster) {
	master := pair.Service("master")
	master.Exec("pgreplica", "healthcheck") // Docker asks every few seconds; now it has
	pair.Compose("stop", "slave")
	master.wants(t, 1, []string{"WARNING  no standby streams from this primary since 20", "(and 1 more)", "is gone since 20", "docker compose up -d slave"}, "status")
	said, err := pair.try("run", "--rm", "slave", "status")
	ended, _ := errors.AsType[*exec.ExitError](err)
	if ended == nil || ended.ExitCode() != 2 || !strings.Contains(said, "shut down in recovery") || !strings.Contains(said, "docker compose up -d slave") {
		t.Errorf("%v\n%s", err, said)
	}
}
