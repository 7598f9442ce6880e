//go:build integration

package integration

import (
	"strings"
	"testing"
)

// A node is a volume, and the container that runs on it at a time.
type node struct {
	Container
	t                     *testing.T
	network, name, volume string
	mounts                []string // more volumes, as NAME:PATH
}

// mount gives the node another volume.
func (n *node) mount(t *testing.T, name, path string) {
	t.Helper()
	name = n.volume + "-" + name
	t.Cleanup(func() { docker("volume", "rm", name) })
	n.mounts = append(n.mounts, name+":"+path)
}

func newNode(t *testing.T, network, name string) *node {
	volume := network + "-" + name
	t.Cleanup(func() { docker("volume", "rm", volume) })
	return &node{t: t, network: network, name: name, volume: volume}
}

// as runs the node in a mode; a standby follows the node named.
func (n *node) as(mode, upstream string, settings ...string) {
	n.t.Helper()
	if n.ID != "" {
		n.Docker("rm", "--force")
	}
	args := []string{"--network", n.network, "--network-alias", n.name, "--volume", n.volume + ":" + volume,
		"--env", "POSTGRES_PASSWORD=test-1", "--env", "REPLICATION_PASSWORD=test-2", "--env", "REPLICATION_MODE=" + mode}
	if upstream != "" {
		args = append(args, "--env", "MASTER_SERVER="+upstream)
	}
	for _, setting := range settings {
		args = append(args, "--env", setting)
	}
	for _, mount := range n.mounts {
		args = append(args, "--volume", mount)
	}
	n.Container = Start(n.t, append(args, image("master"))...)
}

// ends waits until the container ends by itself, and returns its status.
func (n *node) ends() string {
	n.t.Helper()
	Eventually(n.t, n.name+" ends", func() bool { return n.Inspect("{{.State.Status}}") == "exited" })
	return n.Inspect("{{.State.ExitCode}}")
}

// newPair runs a healthy primary, a, on a network of its own, and makes b for
// its standby, which does not run yet.
func newPair(t *testing.T, name string) (a, b *node) {
	t.Helper()
	network := networkFor(t, name)
	a, b = newNode(t, network, "a"), newNode(t, network, "b")
	a.as("primary", "")
	a.Healthy()
	return a, b
}

func twoNodes(t *testing.T, name string) (a, b *node) {
	t.Helper()
	network := networkFor(t, name)
	a, b = newNode(t, network, "a"), newNode(t, network, "b")
	a.as("primary", "")
	b.as("standby", "a")
	b.Healthy()
	follows(t, a.Container, b.Container)
	return a, b
}

// promote makes a standby the primary, and starts it as one.
func (n *node) promote() {
	n.t.Helper()
	n.SQL("SELECT pg_promote()")
	n.SQL("CHECKPOINT")
	n.Docker("stop")
	n.as("primary", "")
	n.Healthy()
}

func TestAFormerPrimaryFollowsWhatItCanFollowWithoutLoss(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t, "switch")
	a.Docker("stop")
	b.promote()
	a.as("standby", "b")
	a.Healthy()
	follows(t, b.Container, a.Container)
	a.Says("it holds nothing that its upstream lacks")
	a.NeverSaid("copying the primary")
	if files := a.Exec("find", volume, "-maxdepth", "3", "-name", "data_old-*"); files != "" {
		t.Errorf("set aside without need: %s", files)
	}

	// A standby that was promoted is no standby any more, whatever the environment says.
	a.SQL("SELECT pg_promote()")
	a.SQL("CHECKPOINT")
	a.Docker("stop")
	a.as("standby", "b")
	if status := a.ends(); status != "77" {
		t.Errorf("a promoted standby ends with %s, want 77", status)
	}
	a.Says("was promoted after")
}

func TestADivergedFormerPrimaryKeepsItsDataAndIsRecloned(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t, "fork")
	b.Docker("stop")
	a.SQL("CREATE TABLE only_here AS SELECT generate_series(1, 1000) AS n")
	a.Kill("KILL")
	b.Docker("start")
	b.Answers()
	b.promote()

	a.as("standby", "b")
	if status := a.ends(); status != "65" {
		t.Errorf("a diverged primary ends with %s, want 65", status)
	}
	a.Says("has left the history", "bytes of WAL here are not there", "AUTO_REJOIN=reclone")
	a.NeverSaid("copying the primary")

	a.as("standby", "b", "AUTO_REJOIN=reclone")
	a.Healthy()
	follows(t, b.Container, a.Container)
	if old := a.Exec("find", volume, "-maxdepth", "3", "-name", "data_old-*"); len(strings.Fields(old)) != 1 {
		t.Errorf("want one folder data_old-*, got %q", old)
	}
	if lost := a.SQL("SELECT to_regclass('only_here') IS NULL"); lost != "t" {
		t.Errorf("the recloned standby still has the lost table")
	}
}

// TestASilentForkOfOneTimelineIsFound removes standby.signal, as a person in
// need may, and lets the copy run read-write for a while.
func TestASilentForkOfOneTimelineIsFound(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t, "silent")
	b.Docker("stop")
	output, status := Run(t, "--user", "postgres", "--volume", b.volume+":"+volume, image("slave"), "sh", "-c", `cd `+dataDir+` && rm standby.signal &&
		pg_ctl -D . -w -o "-c listen_addresses=" start >/dev/null && psql -U postgres -qc 'CREATE TABLE fork (n int)' && pg_ctl -D . -w stop >/dev/null && touch standby.signal`)
	if status != 0 {
		t.Fatal(output)
	}
	a.SQL("CREATE TABLE more AS SELECT generate_series(1, 1000) AS n")
	b.as("standby", "a")
	if status := b.ends(); status != "65" {
		t.Errorf("a forked standby ends with %s, want 65", status)
	}
	b.Says("has left the history")
}
