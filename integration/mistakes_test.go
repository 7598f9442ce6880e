//go:build integration

package integration

import (
	"slices"
	"strings"
	"testing"
)

// TestARefusedStandbyLeavesItsVolumeAlone gives the image the placeholder of the
// earlier project, which is refused before anything is made.
func TestARefusedStandbyLeavesItsVolumeAlone(t *testing.T) {
	t.Parallel()
	empty := []string{"--volume", newVolume(t) + ":" + volume}
	output, status := Run(t, append(slices.Clone(empty), "--env", "MASTER_SERVER=IP_HERE", image("slave"))...)
	if status != 78 || !strings.Contains(output, "MASTER_SERVER") || !strings.Contains(output, "REPLICATION_PASSWORD") {
		t.Errorf("exit %d, want 78 and both variables named:\n%s", status, output)
	}
	holdsNothing(t, empty)
}

func TestAClusterIsNotMadeWithoutAVolumeWhereOneIsRequired(t *testing.T) {
	t.Parallel()
	output, status := Run(t, "--env", "POSTGRES_PASSWORD=test", "--env", "REQUIRE_VOLUME=on", image("master"))
	if status != 77 || !strings.Contains(output, "REQUIRE_VOLUME") {
		t.Errorf("exit %d, want 77 and the variable named:\n%s", status, output)
	}
}

func newVolume(t *testing.T) string {
	t.Helper()
	volume, err := docker("volume", "create")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { docker("volume", "rm", volume) })
	return volume
}
