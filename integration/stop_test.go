//go:build integration

package integration

import (
	"strings"
	"testing"
	"time"
)

func TestAStopAtAnyMomentIsShortAndTheNextStartStreams(t *testing.T) {
	t.Parallel()
	pair := New(t, ".", "CLONE_MAX_RATE=1M")

	// The primary, while initdb runs.
	pair.Compose("up", "--detach", "master")
	master := pair.Service("master")
	running(t, master, "initdb")
	stop(t, master, "initdb", "130")

	// The standby, while it waits and while it copies.
	pair.Compose("up", "--detach", "slave")
	pair.Service("slave").Says("waiting for the primary")
	stop(t, pair.Service("slave"), "the wait", "130")
	pair.Up("master")
	pair.Service("slave").Docker("start")
	running(t, pair.Service("slave"), "pg_basebackup")
	stop(t, pair.Service("slave"), "the base backup", "130")

	pair.Set("CLONE_MAX_RATE=")
	pair.Up()
	pair.Replicates()
	if slots := pair.SQL("master", "SELECT count(*) FROM pg_replication_slots"); slots != "1" {
		t.Errorf("%s slots are left, want the standby's alone", slots)
	}

	// Both, as they serve.
	stop(t, pair.Service("slave"), "the standby's service", "0")
	stop(t, pair.Service("master"), "the primary's service", "0")
	pair.Up()
	pair.Replicates()
}

// running waits until a program is a process of the container's.
func running(t *testing.T, c Container, program string) {
	t.Helper()
	Eventually(t, program+" runs", func() bool {
		processes, err := docker("top", c.ID, "-o", "pid,comm")
		return err == nil && strings.Contains(processes, program)
	})
}

// stop is docker stop, which sends SIGKILL after ten seconds.
func stop(t *testing.T, c Container, during, want string) {
	t.Helper()
	began := time.Now()
	c.Docker("stop", "--time", "10")
	if took := time.Since(began); took > 9*time.Second {
		t.Errorf("docker stop during %s took %v", during, took)
	}
	if got := c.Inspect("{{.State.ExitCode}}"); got != want {
		t.Errorf("docker stop during %s: exit %s, want %s", during, got, want)
	}
}
