//go:build integration

package integration

import (
	"path/filepath"
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

// TestOneServerHasADataDirectoryWhicheverFolderIsMounted mounts a folder, and then
// the data directory in it at the same place, as a mount one level lower does.
func TestOneServerHasADataDirectoryWhicheverFolderIsMounted(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	below := filepath.Join(folder, filepath.Base(dataDir))
	mount := filepath.Dir(dataDir)
	first := Start(t, "--env", "POSTGRES_PASSWORD=test", "--volume", folder+":"+mount, image("master"))
	first.Healthy()
	refused := func(what string, args ...string) {
		t.Helper()
		said, status := Run(t, append([]string{"--env", "POSTGRES_PASSWORD=test", "--env", "LOCK_WAIT=0"}, args...)...)
		if status != 75 || !strings.Contains(said, "another container is using this volume") || !strings.Contains(said, "docker ps") {
			t.Errorf("%s ends with %d, want 75 and a remedy:\n%s", what, status, said)
		}
		first.SQL("CREATE TABLE IF NOT EXISTS t AS SELECT 1")
	}
	refused("one level lower", "--volume", below+":"+mount, image("master"))
	first.Kill("KILL")

	// The other way round: the data directory at the root of the mount comes first.
	first = Start(t, "--env", "POSTGRES_PASSWORD=test", "--volume", below+":"+mount, image("master"))
	first.Healthy()
	refused("one level higher", "--volume", folder+":"+mount, image("master"))
	first.Kill("KILL")

	// A server that another image started takes no lock.
	first = Start(t, "--volume", below+":"+mount, "--user", "postgres", "--entrypoint", "postgres", image("master"), "-D", mount)
	first.Says("ready to accept connections")
	refused("beside another image's server", "--volume", folder+":"+mount, image("master"))
	first.Kill("KILL")
	Start(t, "--env", "POSTGRES_PASSWORD=test", "--volume", folder+":"+mount, image("master")).Healthy()
}
