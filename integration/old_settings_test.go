//go:build integration

package integration

import (
	"strings"
	"testing"
)

// The old project's .env files, as it shipped them.
const (
	oldMaster = `CONTAINER_IMAGE="postgres:13"
CONTAINER_RESTART="always"
CONTAINER_NAME="DB_POSTGRESQL_V4_MAIN"
POSTGRES_PORT="5533"
NETWORK_NAME="postgres_replication"
POSTGRES_USER="adempiere"
POSTGRES_PASSWORD="adempiere@123"
`
	oldSlave = `CONTAINER_IMAGE="postgres:13"
CONTAINER_RESTART="always"
CONTAINER_NAME="DB_POSTGRESQL_V4_SLAVE"
POSTGRES_PORT="5534"
NETWORK_NAME="postgres_replication"
POSTGRES_USER="adempiere"
POSTGRES_PASSWORD="adempiere@123"
VOLUME_NAME="./postgres_backup_slave"
`
)

func TestTheOldSettingsLackOneAndMeanWhatTheyMeant(t *testing.T) {
	t.Parallel()
	master := New(t, "master")
	master.Write(".env", oldMaster)
	if said, err := master.try("up", "--detach"); err == nil || !strings.Contains(said, "set REPLICATION_PASSWORD in .env") {
		t.Errorf("without REPLICATION_PASSWORD: %v\n%s", err, said)
	}

	// This machine's ports and networks are shared with other tests.
	master.Set("POSTGRES_PORT=127.0.0.1:0", "NETWORK_NAME="+master.project, "REPLICATION_PASSWORD=test")
	master.Up()
	server := master.Service("master")
	login(t, server, "adempiere", "adempiere@123", true)
	server.SQL("CREATE ROLE older LOGIN PASSWORD 'md5394dd2c8e2e856d4345ca76ad726c0a2'") // of older@1
	login(t, server, "older", "older@1", true)
	if superuser := server.SQL("SELECT rolname FROM pg_roles WHERE oid = 10"); superuser != "postgres" {
		t.Errorf("the bootstrap superuser is %s, want postgres", superuser)
	}
	for what, want := range map[string]string{
		"{{.Name}}": "/" + master.project + "-master-1", "{{.Config.Image}}": image("master"), "{{.HostConfig.RestartPolicy.Name}}": "always",
	} {
		if got := server.Inspect(what); got != want {
			t.Errorf("%s: got %s, want %s", what, got, want)
		}
	}
}

func TestTheOldSettingsOfTheSlaveLackThePrimary(t *testing.T) {
	t.Parallel()
	slave := New(t, "slave")
	slave.Write(".env", oldSlave+"REPLICATION_PASSWORD='test'\n")
	if said, err := slave.try("config"); err == nil || !strings.Contains(said, "set MASTER_SERVER in .env") {
		t.Errorf("without MASTER_SERVER: %v\n%s", err, said)
	}
	slave.Write(".env", oldSlave+"REPLICATION_PASSWORD='test'\nMASTER_SERVER=db1\n")
	config := slave.Compose("config")
	for _, want := range []string{
		`published: "5534"`, "postgres_backup_slave", "name: postgres_replication", "restart: always",
		`MASTER_PORT: "5533"`, "MASTER_SLOT: replication_slot_1", "MASTER_SERVER: db1", "image: " + image("slave"),
	} {
		if !strings.Contains(config, want) {
			t.Errorf("want %s in:\n%s", want, config)
		}
	}
	for _, never := range []string{"DB_POSTGRESQL_V4", "POSTGRES_USER", "APP_USER: adempiere", "container_name", "image: postgres:13"} {
		if strings.Contains(config, never) {
			t.Errorf("want no %s in:\n%s", never, config)
		}
	}
}
