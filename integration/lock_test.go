//go:build integration

package integration

import (
	"strings"
	"testing"
)

func TestASecondContainerIsKeptOutOfAVolume(t *testing.T) {
	t.Parallel()
	name := namedVolume(t, "lock")
	settings := []string{"--env", "POSTGRES_PASSWORD=test", "--volume", name + ":" + volume}
	first := Start(t, append(settings, image("master"))...)
	first.Healthy()
	started := first.SQL("SELECT pg_postmaster_start_time()")

	said, status := Run(t, append(settings, "--env", "LOCK_WAIT=1s", image("master"))...)
	if status != 75 || !strings.Contains(said, "another container is using this volume") || !strings.Contains(said, "docker ps") {
		t.Errorf("a second container ends with %d, want 75 and a remedy:\n%s", status, said)
	}
	if again := first.SQL("SELECT pg_postmaster_start_time()"); again != started {
		t.Errorf("the first server was restarted: %s, %s", started, again)
	}

	// One that takes over waits until the other has left.
	second := Start(t, append(settings, image("master"))...)
	second.Says("waiting for the volume")
	first.Docker("stop")
	second.Healthy()

	// The kernel frees the lock of a container that was killed.
	second.Kill("KILL")
	third := Start(t, append(settings, "--env", "LOCK_WAIT=5s", image("master"))...)
	third.Healthy()
}
