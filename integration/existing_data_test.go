//go:build integration

package integration

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestForeignDataIsSetAsideWhole(t *testing.T) {
	for name, dir := range map[string]string{
		"where ours is":             dataDir,
		"at the root of the volume": filepath.Dir(dataDir),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pair := New(t, ".")
			pair.Compose("create")
			foreign := makeForeignCluster(t, pair, dir)
			pair.Up()
			pair.Replicates()

			slave := pair.Service("slave")
			aside := slave.Exec("find", volume, "-maxdepth", "4", "-name", "data_old-*")
			if len(strings.Fields(aside)) != 1 {
				t.Fatalf("want one folder data_old-*, got %q", aside)
			}
			slave.Says(aside)
			if kept := slave.Exec("sh", "-c", "cd "+aside+" && "+checksums); kept != foreign {
				t.Errorf("the old data is not as it was:\n%s", kept)
			}
		})
	}
}

// checksums has a line for what a data directory holds, less what a server
// writes as it runs.
const checksums = `find . -type f -not -path './pgsql_tmp.pgreplica*' -exec sha256sum {} + | sort | sha256sum`

// makeForeignCluster fills the slave's volume with a cluster that never
// followed anybody, and returns its checksums.
func makeForeignCluster(t *testing.T, pair *Cluster, dir string) string {
	t.Helper()
	output, status := Run(t, "--user", "postgres", "--volumes-from", pair.Service("slave").ID, image("slave"),
		"sh", "-c", "initdb --pgdata "+dir+" >/dev/null 2>&1 && cd "+dir+" && "+checksums)
	if status != 0 {
		t.Fatalf("make a foreign cluster: %s", output)
	}
	return output
}

func TestExistingDataIsRefusedOnRequest(t *testing.T) {
	t.Parallel()
	pair := New(t, ".", "EXISTING_DATA=refuse")
	pair.Compose("create")
	foreign := makeForeignCluster(t, pair, dataDir)
	pair.Compose("up", "--detach")
	slave := pair.Service("slave")
	slave.Says("EXISTING_DATA", "exit=65")
	pair.Compose("stop", "slave")
	kept, _ := Run(t, "--volumes-from", slave.ID, image("slave"), "sh", "-c", "cd "+dataDir+" && "+checksums)
	if kept != foreign {
		t.Errorf("the old data is not as it was:\n%s", kept)
	}
}
