//go:build integration

package integration

import (
	"strings"
	"testing"
)

// TestACopiedVolumeIsGivenBackToTheServer restores a volume as root, as cp and
// tar do, which leaves every file root's.
func TestACopiedVolumeIsGivenBackToTheServer(t *testing.T) {
	t.Parallel()
	for title, dir := range map[string]string{"in its own folder": dataDir, "at the root of the volume": volume} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			name := "story-" + strings.ToLower(run) + "-owner" + strings.ReplaceAll(dir, "/", "-")
			t.Cleanup(func() { docker("volume", "rm", name) })
			settings := []string{"--env", "POSTGRES_PASSWORD=story", "--env", "PGDATA=" + dir, "--volume", name + ":" + volume, image("master")}
			server := Start(t, settings...)
			server.Healthy()
			server.SQL("CREATE TABLE kept AS SELECT 1 AS n")
			server.Docker("stop")
			if said, status := Run(t, append(settings, "chown", "-R", "0:0", volume)...); status != 0 {
				t.Fatal(said)
			}
			again := Start(t, settings...)
			again.Healthy()
			if rows := again.SQL("SELECT n FROM kept"); rows != "1" {
				t.Errorf("got %q", rows)
			}
			if left := again.Exec("find", dir, "!", "-user", "postgres"); left != "" {
				t.Errorf("not the server's: %s", left)
			}
		})
	}
}
