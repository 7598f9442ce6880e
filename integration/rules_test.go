//go:build integration

package integration

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestNoStartTakesAwayASignalOrWAL starts a standby's and a primary's volume
// with environments that contradict them, and as far as postgres with an
// argument that it refuses. Standby.signal, each file of WAL and what is noted
// of the volume are then the same files as before.
func TestNoStartTakesAwayASignalOrWAL(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t, "rules")
	b.Docker("stop")
	a.Docker("stop")
	if !strings.Contains(signalAndWAL(t, b), "standby.signal") {
		t.Fatal("the standby has no standby.signal")
	}
	for _, c := range []struct {
		node     *node
		mode     string
		settings []string // and arguments of the container, from "postgres" or "plan" on
		status   int
	}{
		{b, "primary", nil, 78},
		{b, "primary", []string{"plan"}, 78},
		{b, "standby", []string{"SYSTEM_ID=7700000000000000001", "MASTER_SERVER=a"}, 65},
		{b, "standby", []string{"MASTER_SERVER=a", "postgres", "-c", "no_such_setting=1"}, 1},
		{a, "standby", []string{"MASTER_SERVER=b", "MASTER_WAIT_TIMEOUT=1s"}, 69},
		{a, "primary", []string{"SYSTEM_ID=7700000000000000001"}, 65},
		{a, "primary", []string{"postgres", "-c", "no_such_setting=1"}, 1},
	} {
		before := signalAndWAL(t, c.node)
		said, status := c.node.try(c.mode, c.settings...)
		if status != c.status {
			t.Errorf("%s as %s %q ends with %d, want %d:\n%s", c.node.name, c.mode, c.settings, status, c.status, said)
		}
		if after := signalAndWAL(t, c.node); after != before {
			t.Errorf("%s as %s %q: had\n%s\nhas\n%s", c.node.name, c.mode, c.settings, before, after)
		}
	}
}

// try runs a container on the node's volume to its end.
func (n *node) try(mode string, settings ...string) (said string, status int) {
	n.t.Helper()
	args := []string{"--network", n.network, "--volume", n.volume + ":" + volume,
		"--env", "POSTGRES_PASSWORD=test-1", "--env", "REPLICATION_PASSWORD=test-2", "--env", "REPLICATION_MODE=" + mode}
	for len(settings) > 0 && strings.Contains(settings[0], "=") {
		args, settings = append(args, "--env", settings[0]), settings[1:]
	}
	return Run(n.t, append(append(args, image("master")), settings...)...)
}

// signalAndWAL has a line for each file that must stay, with its inode, which
// another file may get, and the time of its last change.
func signalAndWAL(t *testing.T, n *node) string {
	t.Helper()
	said, status := Run(t, "--volume", n.volume+":"+volume, "--entrypoint", "sh", image("master"), "-c",
		"cd "+dataDir+` && find pg_wal standby.signal ../.pgreplica/state.json -type f -printf '%p %i %s %C@\n' 2>/dev/null | sort`)
	if status != 0 || !strings.Contains(said, "pg_wal/0000") {
		t.Fatalf("look at the WAL: %s", said)
	}
	return said
}

// TestAClusterThatIsMissingIsNotMadeAnew takes a primary's data away, then what
// was noted of it as well, and puts it back with the PID file of a server that
// was killed.
func TestAClusterThatIsMissingIsNotMadeAnew(t *testing.T) {
	t.Parallel()
	n := newNode(t, networkFor(t, "missing"), "a")
	n.as("primary", "")
	n.Healthy()
	n.SQL("CREATE TABLE kept AS SELECT 1 AS n")
	n.Docker("stop")
	holds := filepath.Dir(dataDir)
	aside := holds + "/data_old-20261123T200000Z"
	sh := func(command string) {
		t.Helper()
		if said, status := Run(t, "--volume", n.volume+":"+volume, "--entrypoint", "sh", image("master"), "-c", command); status != 0 {
			t.Fatalf("%s: %s", command, said)
		}
	}
	for _, take := range []string{"mv " + dataDir + " " + aside, "rm -r " + holds + "/.pgreplica"} {
		sh(take)
		if said, status := n.try("primary"); status != 65 || !strings.Contains(said, "the data of a cluster is missing") {
			t.Errorf("after %s: exit %d, want 65:\n%s", take, status, said)
		}
	}
	sh("mv " + aside + " " + dataDir + " && echo 1 > " + dataDir + "/postmaster.pid") // of the first process there is
	n.as("primary", "")
	n.Healthy()
	if rows := n.SQL("SELECT n FROM kept"); rows != "1" {
		t.Errorf("got %q", rows)
	}
}
