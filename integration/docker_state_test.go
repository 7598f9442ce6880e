//go:build integration

package integration

import (
	"strings"
	"testing"
	"time"
)

// TestDockerListsAStandbyThatDoesNotStream compares Docker's own state with what a
// standby does: a first copy that outlasts the start period, shortened here, and a
// restart whose primary is away.
func TestDockerListsAStandbyThatDoesNotStream(t *testing.T) {
	t.Parallel()
	a, _ := newPair(t, "docker-state")
	b := Start(t, "--network", a.network, "--health-interval", "1s", "--health-start-period", "2s", "--env", "REPLICATION_PASSWORD=test-2",
		"--env", "MASTER_SERVER=a", "--env", "CLONE_MAX_RATE=3M", image("slave"))
	state := func() string { return b.Inspect("{{.State.Health.Status}}") }
	b.Says("percent=")
	b.NeverSaid("writing the copy")
	time.Sleep(6 * time.Second) // three checks after the start period, had they been made
	if got := state(); got != "starting" {
		t.Errorf("while it copies it is %s", got)
	}
	said, _ := b.tryExec("pgreplica", "healthcheck")
	if !strings.Contains(said, "copying") {
		t.Errorf("it copies too fast for this test: %s", said)
	}
	b.Healthy()
	a.Docker("stop")
	b.Docker("restart")
	Eventually(t, "docker ps lists it", func() bool {
		listed, _ := docker("ps", "--quiet", "--no-trunc", "--filter", "health=unhealthy")
		return strings.Contains(listed, b.ID)
	})
	a.Docker("start")
	b.Healthy()
	twoOnOneSlot(t, a, b)
}

// twoOnOneSlot runs a second server on a copy of a standby's volume, with its slot.
func twoOnOneSlot(t *testing.T, a *node, b Container) {
	c := newNode(t, a.network, "c")
	b.Docker("stop")
	copied, status := Run(t, "--volumes-from", b.ID, "--volume", c.volume+":/copy", "--entrypoint", "cp", image("slave"), "--archive", volume+"/.", "/copy")
	if status != 0 {
		t.Fatal(copied)
	}
	b.Docker("start")
	b.Healthy()
	c.as("standby", "a")
	(&checks{t: t}).until(c.Container, "is in use on a:5432")
	a.wants(t, 0, []string{"1 standby streams"}, "status")
}
