//go:build integration

package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// typed runs the command at the head of the example's compose.yaml that holds
// the words.
func (c *Cluster) typed(words string) string {
	c.t.Helper()
	defer c.forget()
	return c.folder.typed(c.t, "compose.yaml", words, strings.NewReplacer("docker compose", strings.Join(compose(), " ")))
}

// typed runs the command at the head of a file that holds the words, as a
// person in its folder types it. names are what each has names of their own for.
func (f folder) typed(t *testing.T, file, words string, names *strings.Replacer) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(f.dir, file))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		command, shown := strings.CutPrefix(strings.TrimSpace(line), "#     ")
		if !shown || !strings.Contains(command, words) {
			continue
		}
		shell := exec.Command("bash", "-c", names.Replace(command))
		shell.Dir, shell.Env = f.dir, f.env
		said, err := output(shell)
		if err != nil {
			t.Fatalf("%s: %v\n%s", command, err, said)
		}
		return said
	}
	t.Fatalf("the head of %s has no command with %q", file, words)
	return ""
}

func TestACascadeOfThreeStreams(t *testing.T) {
	t.Parallel()
	cascade := New(t, "examples/cascade")
	cascade.Up()
	master, slave, slave2 := cascade.Service("master"), cascade.Service("slave"), cascade.Service("slave2")
	follows(t, master, slave)
	follows(t, master, slave2)
	for server, follower := range map[Container]string{master: "slave", slave: "slave2"} {
		if names := server.SQL("SELECT string_agg(application_name, ' ') FROM pg_stat_replication"); names != follower {
			t.Errorf("%s is followed by %q, want %s", server.Inspect("{{.Name}}"), names, follower)
		}
	}
	if said := cascade.typed("slave pgreplica status"); !strings.Contains(said, "slave2") || !strings.Contains(said, "master") {
		t.Errorf("status in the middle:\n%s", said)
	}

	cascade.Compose("stop", "slave")
	cascade.typed("UPSTREAM=master")
	slave2 = cascade.Service("slave2")
	follows(t, master, slave2)
	slave2.NeverSaid("copying the primary")
	cascade.Compose("start", "slave")
	follows(t, master, slave)
	cascade.typed("slots drop slave2")
	if slots := slave.SQL("SELECT count(*) FROM pg_replication_slots"); slots != "0" {
		t.Errorf("the standby in the middle keeps WAL for %s others", slots)
	}
}

func TestSecretsAsFilesReachNobodyElse(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("giving a file to another user takes root")
	}
	t.Parallel()
	pair := New(t, "examples/secrets")
	passwords := map[string]string{"postgres_password": "canary-1$x\"#", "replication_password": "canary-2$y\"#"}
	keep := func(name string) {
		path := filepath.Join(pair.dir, "passwords", name)
		os.Remove(path)
		pair.Write("passwords/"+name, passwords[name]+"\n")
		if os.Chmod(path, 0o400) != nil || os.Chown(path, 12345, 12345) != nil {
			t.Fatal("could not give the file to another user")
		}
	}
	pair.typed("mkdir")
	for name := range passwords {
		keep(name)
	}
	pair.Up()
	pair.Replicates()
	login(t, pair.Service("slave"), "adempiere", passwords["postgres_password"], true)
	noPassword(t, pair)

	passwords["replication_password"] = "canary-3"
	keep("replication_password")
	pair.typed("restart master")
	pair.typed("restart slave")
	pair.Replicates()
	if restarts := pair.Service("slave").Inspect("{{.RestartCount}}"); restarts != "0" {
		t.Errorf("the standby was restarted %s times after the password changed", restarts)
	}
}

// noPassword fails where a password is to be found outside of its file, or the
// server itself can read that one.
func noPassword(t *testing.T, pair *Cluster) {
	t.Helper()
	for _, server := range pair.containers() {
		server.NeverSaid("canary")
		if config := server.Inspect("{{json .}}"); strings.Contains(config, "canary") || !strings.Contains(config, "/run/secrets/replication_password") {
			t.Errorf("docker inspect shows a password, or no file of one: %s", config)
		}
		for _, process := range []string{"1", "self"} {
			environment, _ := server.trySQL("SELECT convert_from(pg_read_binary_file('/proc/" + process + "/environ'), 'SQL_ASCII')")
			if strings.Contains(environment, "canary") {
				t.Errorf("the environment of process %s: %s", process, environment)
			}
		}
		if text, err := server.trySQL("SELECT pg_read_file('/run/secrets/replication_password')"); err == nil || !strings.Contains(text, "Permission denied") {
			t.Errorf("the server reads the file of the password: %v\n%s", err, text)
		}
		if files, _ := server.tryExec("grep", "-rl", "canary", "/var/lib/postgresql", "/etc", "/tmp"); files != "" {
			t.Errorf("a password is in %s", files)
		}
	}
}
