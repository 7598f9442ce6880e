//go:build integration

package integration

import (
	"slices"
	"strings"
	"testing"
)

func TestOneCommandGivesAPairThatStreams(t *testing.T) {
	t.Parallel()
	pair := Up(t)
	master, slave := pair.Service("master"), pair.Service("slave")

	pair.Replicates()
	if got := master.SQL("SELECT state FROM pg_stat_replication"); got != "streaming" {
		t.Errorf("the primary says that its standby is %q, want streaming", got)
	}
	sayOneStory(t, master, slave)
	if _, err := slave.trySQL("CREATE TABLE here (line int)"); err == nil {
		t.Error("the standby took a write")
	}
	for _, server := range []Container{master, slave} {
		if verdict, err := server.tryExec("pgreplica", "status"); err != nil {
			t.Errorf("pgreplica status: %v\n%s", err, verdict)
		}
	}
	if ports := master.Inspect("{{.HostConfig.PortBindings}}"); ports != "map[]" {
		t.Errorf("the pair on one host publishes %s, want nothing", ports)
	}
}

// sayOneStory checks the logs of an ordinary first start: nothing in them alarms, each
// decision is said once, and there is one time zone.
func sayOneStory(t *testing.T, master, slave Container) {
	t.Helper()
	for _, server := range []Container{master, slave} {
		logs := server.Logs()
		for line := range strings.Lines(logs) {
			for _, word := range []string{"WARNING:", "ERROR:", "FATAL:", "PANIC:"} {
				if strings.Contains(line, word) && !isOfTheProtocol(line) {
					t.Errorf("the log of an ordinary first start has %s", line)
				}
			}
			if dated := strings.HasPrefix(line, "20"); dated && strings.Fields(line)[2] != "UTC" {
				t.Errorf("not the time zone of the other lines: %s", line)
			}
		}
		if got := strings.Count(logs, "pgreplica: decided"); got != 1 {
			t.Errorf("the log says %d times what it decided:\n%s", got, logs)
		}
		if got := server.Inspect(`{{.HostConfig.LogConfig.Type}} {{index .HostConfig.LogConfig.Config "max-size"}} {{index .HostConfig.LogConfig.Config "max-file"}}`); got != "json-file 10m 5" {
			t.Errorf("the log is rotated as %q", got)
		}
	}
	master.Says(`roles="postgres, adempiere, postgres_replicator"`, "passwords=\"/run/pgreplica-secrets/postgres_password, /run/pgreplica-secrets/replication_password\"")
}

// isOfTheProtocol is true of the lines that PostgreSQL writes of a standby that asks
// over the replication protocol alone, and leaves it no way around: a base backup
// that is ended once it has said how much there is (one line more in 18), and a
// login a moment too early.
func isOfTheProtocol(line string) bool {
	return slices.ContainsFunc([]string{
		"canceling statement due to user request", "aborting backup due to backend exiting", "the database system is starting up",
	}, func(words string) bool { return strings.Contains(line, words) })
}

func TestTheRolesAndSettingsAreThoseOfTheOldProject(t *testing.T) {
	t.Parallel()
	pair := Up(t)
	pair.Replicates()
	for role, want := range map[string]string{
		"adempiere":           "login t, createdb t, createrole t, superuser t, replication f",
		"postgres_replicator": "login t, createdb f, createrole f, superuser f, replication t",
	} {
		got := pair.SQL("master", `SELECT format('login %s, createdb %s, createrole %s, superuser %s, replication %s',
			rolcanlogin, rolcreatedb, rolcreaterole, rolsuper, rolreplication) FROM pg_roles WHERE rolname = '`+role+`'`)
		if got != want {
			t.Errorf("role %s: got %s, want %s", role, got, want)
		}
	}
	for setting, want := range map[string]string{
		"listen_addresses": "*", "wal_level": "replica", "hot_standby": "on",
		"max_wal_senders": "10", "max_replication_slots": "10", "hot_standby_feedback": "on",
	} {
		for _, server := range []string{"master", "slave"} {
			if got := pair.SQL(server, "SHOW "+setting); got != want {
				t.Errorf("%s on the %s: got %s, want %s", setting, server, got, want)
			}
		}
	}
}

func TestPasswordsThatWereNotGivenAreMadeAtRandom(t *testing.T) {
	t.Parallel()
	pair := Up(t)
	master := pair.Service("master")
	kept := master.Exec("cat", "/run/pgreplica-secrets/postgres_password")
	if len(kept) < 20 {
		t.Fatalf("the password of postgres has %d characters", len(kept))
	}
	login(t, pair.Service("slave"), "postgres", kept, true)
	login(t, pair.Service("slave"), "adempiere", kept, true)
	login(t, pair.Service("slave"), "adempiere", "adempiere", false)
	if got := master.Exec("stat", "-c", "%a %U", "/run/pgreplica-secrets/postgres_password"); got != "400 root" {
		t.Errorf("the password's file is %s, want 400 root", got)
	}
	pair.Compose("restart", "secrets")
	if again := master.Exec("cat", "/run/pgreplica-secrets/postgres_password"); again != kept {
		t.Error("a second run of secrets changed the password")
	}
	for _, container := range pair.containers() {
		container.NeverSaid(kept)
	}
}

// login tries a role over the network, from one container to the master.
func login(t *testing.T, from Container, role, password string, want bool) {
	t.Helper()
	conninfo := "host=master dbname=postgres user=" + role
	output, err := docker("exec", "--env", "PGPASSWORD="+password, from.ID, "psql", "-XAtc", "SELECT current_user", conninfo)
	switch {
	case want && output != role:
		t.Errorf("%s cannot log in: %v\n%s", role, err, output)
	case !want && !strings.Contains(output, "password authentication failed"):
		t.Errorf("%s logged in with a wrong password: %s", role, output)
	}
}
