//go:build integration

package integration

import (
	"strings"
	"testing"
)

// postgresImage is the official image, or its stand-in: what the earlier
// project ran.
var postgresImage = "postgres:" + major

// oldDeployment makes the two volumes that the earlier project leaves: clusters
// at the root, md5 passwords, a connection with its password in the standby's
// postgresql.auto.conf, and the slot replication_slot_1.
func oldDeployment(t *testing.T) (network, master, slave string) {
	t.Helper()
	network, master, slave = networkFor(t, "old"), namedVolume(t, "old-master"), namedVolume(t, "old-slave")
	const at = "/var/lib/postgresql/data"
	old := Start(t, "--user", "postgres", "--network", network, "--network-alias", "old", "--volume", master+":"+at, postgresImage, "sh", "-c",
		`initdb -D `+at+` -A trust >/dev/null && printf 'host all all all md5\nhost replication postgres_replicator all md5\n' >>`+at+`/pg_hba.conf &&
		exec postgres -D `+at+` -c password_encryption=md5 -c wal_level=replica`)
	old.Answers()
	old.SQL("CREATE ROLE postgres_replicator LOGIN REPLICATION PASSWORD 'replicator'; CREATE ROLE adempiere SUPERUSER LOGIN PASSWORD 'adempiere@123'")
	if output, status := Run(t, "--user", "postgres", "--network", network, "--volume", slave+":"+at, "--env", "PGPASSWORD=replicator", postgresImage,
		"pg_basebackup", "-h", "old", "-U", "postgres_replicator", "-D", at, "-R", "-X", "stream", "-C", "-S", "replication_slot_1", "-c", "fast"); status != 0 {
		t.Fatal(output)
	}
	old.Docker("stop")
	old.Docker("rm")
	return network, master, slave
}

func TestAnOldDeploymentIsAdoptedInPlace(t *testing.T) {
	t.Parallel()
	if volume != "/var/lib/postgresql/data" {
		t.Skip("the earlier project had no PostgreSQL 18")
	}
	network, masterVolume, slaveVolume := oldDeployment(t)
	primary := Start(t, "--network", network, "--network-alias", "old", "--volume", masterVolume+":"+volume,
		"--env", "POSTGRES_PASSWORD=adempiere@123", "--env", "REPLICATION_PASSWORD=replicator", "--env", "REPLICATION_ALLOW=all", image("master"))
	slave := func(settings ...string) Container {
		args := []string{"--network", network, "--volume", slaveVolume + ":" + volume}
		return Start(t, append(append(args, settings...), image("slave"))...)
	}
	recorded := func(c Container) string { return c.Exec("cat", volume+"/postgresql.auto.conf") }

	standby := slave()
	standby.Healthy()
	follows(t, primary, standby)
	standby.NeverSaid("copying the primary")
	if conf := recorded(standby); !strings.Contains(conf, "password=replicator") || !strings.Contains(conf, "replication_slot_1") {
		t.Errorf("without MASTER_SERVER the recorded connection is not as it was:\n%s", conf)
	}
	standby.Docker("stop")
	standby.Docker("rm")

	standby = slave("--env", "MASTER_SERVER=old", "--env", "REPLICATION_PASSWORD=replicator")
	standby.Healthy()
	follows(t, primary, standby)
	standby.NeverSaid("copying the primary")
	if conf := recorded(standby); strings.Contains(conf, "password") || !strings.Contains(conf, "primary_slot_name = 'replication_slot_1'") {
		t.Errorf("with MASTER_SERVER the password stays, or the slot does not:\n%s", conf)
	}
	if slots := primary.SQL("SELECT string_agg(slot_name, ',') FROM pg_replication_slots"); slots != "replication_slot_1" {
		t.Errorf("slots on the primary: %s", slots)
	}
	if stored := primary.SQL("SELECT string_agg(left(rolpassword, 5), ',' ORDER BY rolname) FROM pg_authid WHERE rolname IN ('adempiere', 'postgres_replicator')"); !strings.HasPrefix(stored, "md5") || !strings.HasSuffix(stored, "SCRAM") {
		t.Errorf("stored passwords of adempiere and postgres_replicator: %s, want the first untouched", stored)
	}

	migrates(t, network, masterVolume, primary)
}

// migrates moves the adopted primary to the layout of new volumes.
func migrates(t *testing.T, network, masterVolume string, primary Container) {
	t.Helper()
	rows := primary.SQL("SELECT count(*) FROM test")
	primary.Docker("stop")
	primary.Docker("rm")
	settings := []string{"--network", network, "--network-alias", "old", "--volume", masterVolume + ":" + volume,
		"--env", "POSTGRES_PASSWORD=adempiere@123", "--env", "REPLICATION_PASSWORD=replicator", "--env", "REPLICATION_ALLOW=all", image("master")}
	if output, status := Run(t, append(settings, "migrate-layout")...); status != 0 || !strings.Contains(output, dataDir) {
		t.Fatalf("migrate-layout: exit %d\n%s", status, output)
	}
	primary = Start(t, settings...)
	primary.Healthy()
	if got := primary.SQL("SELECT count(*) FROM test"); got != rows {
		t.Errorf("%s rows after the migration, want %s", got, rows)
	}
	if got := primary.SQL("SHOW data_directory"); got != dataDir {
		t.Errorf("data directory %s, want %s", got, dataDir)
	}
}
