package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

// bitnamiNames are Bitnami's names, as its README and scripts have them, with the
// settings that they are read as.
var bitnamiNames = map[string]string{
	"POSTGRESQL_MASTER_HOST": "MASTER_SERVER", "POSTGRESQL_MASTER_PORT_NUMBER": "MASTER_PORT", "POSTGRESQL_REPLICATION_USER": "REPLICATION_USER",
	"POSTGRESQL_REPLICATION_PASSWORD": "REPLICATION_PASSWORD", "POSTGRESQL_DATABASE": "POSTGRES_DB", "POSTGRESQL_INITDB_ARGS": "POSTGRES_INITDB_ARGS",
	"POSTGRESQL_INITDB_WAL_DIR": "POSTGRES_INITDB_WALDIR", "POSTGRESQL_POSTGRES_PASSWORD": "POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD": "POSTGRES_PASSWORD",
	"POSTGRESQL_REPLICATION_MODE": "REPLICATION_MODE",
}

func TestBitnamisNamesAreReadAndOursNamed(t *testing.T) {
	c, warnings, err := Load([]string{"REPLICATION_MODE=standby", "POSTGRESQL_REPLICATION_MODE=slave", "POSTGRESQL_MASTER_HOST=db1", "POSTGRESQL_MASTER_PORT_NUMBER=5433",
		"POSTGRESQL_REPLICATION_USER=copy", "POSTGRESQL_REPLICATION_PASSWORD=canary", "POSTGRESQL_PASSWORD=one", "POSTGRESQL_DATABASE=erp",
		"POSTGRESQL_INITDB_ARGS=--locale=C", "POSTGRESQL_INITDB_WAL_DIR=/wal", "POSTGRESQL_POSTGRES_PASSWORD=one"})
	want, _, _ := Load([]string{"REPLICATION_MODE=standby", "MASTER_SERVER=db1", "MASTER_PORT=5433", "REPLICATION_USER=copy", "REPLICATION_PASSWORD=canary",
		"POSTGRES_PASSWORD=one", "POSTGRES_DB=erp", "POSTGRES_INITDB_ARGS=--locale=C", "POSTGRES_INITDB_WALDIR=/wal"})
	if err != nil || describe(c) != describe(want) {
		t.Errorf("%v\ngot  %s\nwant %s", err, describe(c), describe(want))
	}
	if len(warnings) != len(bitnamiNames) {
		t.Errorf("got %d warnings, want %d: %v", len(warnings), len(bitnamiNames), warnings)
	}
	for _, w := range warnings {
		if own := bitnamiNames[w.Variable]; w.What != "is read as "+own || w.Remedy != "Write "+own+"." || w.ID != "env-name" {
			t.Errorf("got %q", w)
		}
	}
}

func TestTheFileOfAnotherNameIsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("canary\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	c, warnings, err := Load([]string{"REPLICATION_MODE=standby", "MASTER_SERVER=db1", "POSTGRESQL_REPLICATION_PASSWORD_FILE=" + file})
	if err != nil || c.ReplicationPassword.Reveal() != "canary" || len(warnings) != 1 || warnings[0].What != "is read as REPLICATION_PASSWORD_FILE" {
		t.Errorf("got %v, %v", err, warnings)
	}
}

func TestNamesThatContradictEachOtherAreAMistake(t *testing.T) {
	for _, c := range []struct {
		environ        []string
		variable, want string
	}{
		{with(standby, "POSTGRESQL_MASTER_HOST=db2"), "MASTER_SERVER", "is not the same as POSTGRESQL_MASTER_HOST, its other name"},
		{with(standby, "POSTGRESQL_REPLICATION_PASSWORD=canary"), "REPLICATION_PASSWORD", "is not the same as POSTGRESQL_REPLICATION_PASSWORD"},
		{with(standby, "MASTER_USER=a", "POSTGRESQL_REPLICATION_USER=b"), "REPLICATION_USER", "is not the same as MASTER_USER"},
		{with(primary, "POSTGRESQL_PASSWORD=canary"), "POSTGRES_PASSWORD", "is not the same as POSTGRESQL_PASSWORD"},
		{with(primary, "POSTGRESQL_PASSWORD=one", "POSTGRESQL_PASSWORD_FILE=/x"), "POSTGRES_PASSWORD", "both POSTGRESQL_PASSWORD and POSTGRESQL_PASSWORD_FILE"},
		{with(primary, "POSTGRESQL_REPLICATION_MODE=slave"), "POSTGRESQL_REPLICATION_MODE", "is slave, and REPLICATION_MODE, which the image sets, is primary"},
	} {
		found := mistakesOf(t, c.environ)
		if got := found[c.variable]; len(found) != 1 || !strings.HasPrefix(got.What, c.want) || strings.Contains(got.String(), "canary") {
			t.Errorf("got %v, want %s: %s", found, c.variable, c.want)
		}
	}
	if remedy := mistakesOf(t, with(primary, "POSTGRESQL_REPLICATION_MODE=slave"))["POSTGRESQL_REPLICATION_MODE"].Remedy; !strings.Contains(remedy, "pgreplica-slave") {
		t.Errorf("the other image is not named: %s", remedy)
	}
}

func TestAModeMayComeFromBitnamiWhereNoImageSetsOne(t *testing.T) {
	if c := load(t, with(standby[1:], "POSTGRESQL_REPLICATION_MODE=slave")); c.Mode != pg.Standby {
		t.Errorf("got %s", c.Mode)
	}
}

func TestThePasswordOfAnotherRoleIsNotTheSuperusers(t *testing.T) {
	c, warnings, err := Load([]string{"REPLICATION_MODE=primary", "REPLICATION_PASSWORD=two", "POSTGRES_HOST_AUTH_METHOD=md5", "POSTGRESQL_USERNAME=app", "POSTGRESQL_PASSWORD=canary"})
	if err != nil || c.PostgresPassword.IsSet() || len(warnings) != 2 {
		t.Fatalf("got %v, %v", err, warnings)
	}
	for i, want := range []string{"APP_PASSWORD", "APP_USER"} {
		if w := warnings[i]; w.What != "is not read by anybody" || !strings.Contains(w.Remedy, want) {
			t.Errorf("got %q, want %s", w, want)
		}
	}
}

func TestWhatHasNoCounterpartIsNamedWithWhatToDo(t *testing.T) {
	for variable, remedy := range map[string]string{
		"POSTGRESQL_NUM_SYNCHRONOUS_REPLICAS": "synchronous_standby_names", "POSTGRESQL_ENABLE_TLS": "ssl = on", "POSTGRESQL_MAX_CONNECTIONS": "postgresql.conf",
		"POSTGRESQL_PASSWORD_ENCRYPTION": "postgresql.conf", "POSTGRESQL_LDAP_URL": "ldap", "REPMGR_NODE_NAME": "fails over", "REPMGR_PRIMARY_HOST": "MASTER_SERVER", "POSTGRES_MASTER_HOST": "Write MASTER_SERVER.",
		"POSTGRES_DATABASE": "Write POSTGRES_DB.",
	} {
		_, warnings, err := Load(with(standby, variable+"=x"))
		if err != nil || len(warnings) != 1 || warnings[0].Variable != variable || !strings.Contains(warnings[0].Remedy, remedy) {
			t.Errorf("%s: got %v and %v, want %s", variable, err, warnings, remedy)
		}
	}
}
