//go:build integration

package integration

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func trust(t *testing.T) {
	conf := filepath.Join(t.TempDir(), "my.conf")
	if err := os.WriteFile(conf, []byte("listen_addresses = '*'\nmax_connections = 42\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	server := Start(t, "--env", "POSTGRES_PASSWORD=", "--env", "POSTGRES_HOST_AUTH_METHOD=trust", "--volume", conf+":/etc/postgresql/postgresql.conf:ro",
		contracted(), "-c", "config_file=/etc/postgresql/postgresql.conf")
	serves(t, server)
	if somebody := (person{"postgres", "postgres"}); !somebody.enters(server, "whatever") {
		t.Error("trust does not let in over TCP")
	}
	expect(t, "the line for all hosts", server.SQL(lineForAll), "trust")
	expect(t, "a setting of the file named", server.SQL("SHOW max_connections"), "42")
	server.Says(`WARNING:`, `POSTGRES_HOST_AUTH_METHOD has been set to "trust". This will allow`)
	// Some wait until the log says so twice: of the server of the scripts, too.
	if said := strings.Count(server.Logs(), "database system is ready to accept connections"); said != 2 {
		t.Errorf("the log says %d times that the server is ready", said)
	}
}

func mistakesOfTheContract(t *testing.T) {
	both := func(name string) []string {
		return []string{"both " + name + " and " + name + "_FILE are set (but are exclusive)", name + "=test", name + "_FILE=/run/secrets/test"}
	}
	empty := []string{"--volume", newVolume(t) + ":" + volume}
	for _, c := range [][]string{
		both("POSTGRES_USER"), both("POSTGRES_PASSWORD"), both("POSTGRES_DB"), both("POSTGRES_INITDB_ARGS"),
		{"/run/secrets/test", "POSTGRES_PASSWORD_FILE=/run/secrets/test"},
		{"superuser password is not specified", "POSTGRES_PASSWORD="},
		{"superuser password is not specified", "POSTGRES_PASSWORD=", "POSTGRES_HOST_AUTH_METHOD=md5"},
	} {
		args := slices.Clone(empty)
		for _, setting := range c[1:] {
			args = append(args, "--env", setting)
		}
		said, status := Run(t, append(args, contracted())...)
		if status == 0 || !official && status != 78 || !strings.Contains(said, c[0]) {
			t.Errorf("%v: exit %d, want 78 and %q:\n%s", c[1:], status, c[0], said)
		}
	}
	holdsNothing(t, empty)
}

// programs run without a password. What postgres only prints makes no cluster.
func programs(t *testing.T) {
	empty := []string{"--volume", newVolume(t) + ":" + volume}
	for _, c := range [][]string{
		{"postgres (PostgreSQL) ", "postgres", "--version"},
		{"postgres (PostgreSQL) ", "postgres", "-V"},
		{"Usage:", "postgres", "--help"},
		{"Usage:", "-?"},
		{"max_connections", "postgres", "--describe-config"},
		{"psql (PostgreSQL) ", "psql", "--version"},
		{"psql (PostgreSQL) ", "docker-entrypoint.sh", "psql", "--version"},
		{"a word and $HOME", "echo", "a word", "and", "$HOME"},
		{"root in /", "bash", "-c", `echo "$(id -un) in $PWD"`},
	} {
		said, status := Run(t, slices.Concat(empty, []string{contracted()}, c[1:])...)
		if status != 0 || !strings.Contains(said, c[0]) {
			t.Errorf("%v: exit %d, want 0 and %q:\n%.400s", c[1:], status, c[0], said)
		}
	}
	// There is no configuration yet to ask for a setting.
	if said, status := Run(t, slices.Concat(empty, []string{contracted(), "postgres", "-C", "port"})...); status == 0 {
		t.Errorf("postgres -C without a cluster ends with 0:\n%s", said)
	}
	if said, status := Run(t, contracted(), "sh", "-c", "exit 42"); status != 42 {
		t.Errorf("a program that ends with 42 ends with %d\n%s", status, said)
	}
	holdsNothing(t, empty)
}

func holdsNothing(t *testing.T, volumes []string) {
	t.Helper()
	left, status := Run(t, slices.Concat(volumes, []string{"--entrypoint", "find", contracted(), volume, "-type", "f"})...)
	if left != "" || status != 0 {
		t.Errorf("find: exit %d, want 0 and no file:\n%s", status, left)
	}
}
