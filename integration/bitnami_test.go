//go:build integration

package integration

import (
	"strings"
	"testing"
)

// TestAVolumeOfBitnamisIsUsedInPlace starts a cluster as Bitnami's image leaves
// one: in data, of uid 1001, and without a configuration.
func TestAVolumeOfBitnamisIsUsedInPlace(t *testing.T) {
	t.Parallel()
	const at = "/bitnami/postgresql"
	theirs := newVolume(t)
	if said, status := Run(t, "--user", "root", "--volume", theirs+":"+at, "--entrypoint", "sh", postgresImage, "-c",
		`install -d -m 700 -o postgres `+at+`/data && gosu postgres initdb -U postgres -A trust -D `+at+`/data >/dev/null &&
		rm `+at+`/data/postgresql.conf `+at+`/data/pg_hba.conf && touch `+at+`/.user_scripts_initialized && chown -R 1001:0 `+at); status != 0 {
		t.Fatal(said)
	}
	server := Start(t, "--volume", theirs+":"+at, "--env", "PGDATA="+at+"/data", "--env", "POSTGRESQL_PASSWORD=canary-1",
		"--env", "POSTGRESQL_REPLICATION_PASSWORD=canary-2", image("master"))
	server.Healthy()
	server.Says("POSTGRESQL_PASSWORD is read as POSTGRES_PASSWORD", "POSTGRESQL_REPLICATION_PASSWORD is read as REPLICATION_PASSWORD")
	server.NeverSaid("making a new cluster", "canary-1", "canary-2")
	if got := server.SQL("SHOW data_directory"); got != at+"/data" {
		t.Errorf("data directory %s", got)
	}
	if roles := server.SQL("SELECT string_agg(rolname, ',' ORDER BY 1) FROM pg_roles WHERE rolcanlogin"); !strings.Contains(roles, "postgres_replicator") {
		t.Errorf("the roles are %s", roles)
	}
}
