//go:build integration

package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scripts writes init scripts into a folder to mount. Those that end in .sh!
// get the run bit and lose the mark.
func scripts(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range texts {
		mode := os.FileMode(0o644)
		if strings.HasSuffix(name, "!") {
			name, mode = strings.TrimSuffix(name, "!"), 0o755
		}
		path := filepath.Join(dir, name)
		if err := firstError(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), mode)); err != nil {
			t.Fatal(err)
		}
	}
	return dir + ":/docker-entrypoint-initdb.d:ro"
}

// mastersScript and slavesScript do what the earlier project's initdb.sh did.
const (
	mastersScript = "createuser -U postgres -dlrs adempiere\ncreateuser -U postgres --replication postgres_replicator\ncp /tmp/postgresql/* $PGDATA\n"
	slavesScript  = "rm -rf /var/lib/postgresql/data/*\npg_basebackup -h $MASTER_SERVER -D /var/lib/postgresql/data -R -C -S replication_slot_1\n"
)

func TestInitScriptsRunOnceAndOnThePrimaryAlone(t *testing.T) {
	t.Parallel()
	mounted := scripts(t, map[string]string{
		"1.sh!":     "#!/bin/bash\npsql -v ON_ERROR_STOP=1 -c 'CREATE TABLE made (line text)'\n",
		"2.sql":     "INSERT INTO made VALUES ('by a script');",
		"initdb.sh": mastersScript, "slave.sh!": slavesScript,
	})
	network := networkFor(t, "scripts")
	primary, standby := newNode(t, network, "a"), newNode(t, network, "b")
	for _, n := range []*node{primary, standby} {
		n.mounts = append(n.mounts, mounted)
	}
	primary.as("primary", "", "PGUSER=postgres")
	primary.Healthy()
	primary.Says("a script of the earlier project is not run", "initdb.sh", "slave.sh", "PostgreSQL init process complete; ready for start up.")
	if got := primary.SQL("SELECT string_agg(line, ',') FROM made"); got != "by a script" {
		t.Errorf("the scripts left %q", got)
	}
	standby.as("standby", "a")
	standby.Healthy()
	standby.Says("a standby runs none")
	follows(t, primary.Container, standby.Container)

	primary.as("primary", "", "PGUSER=postgres")
	primary.Healthy()
	primary.Says("Skipping initialization")
	if got := primary.SQL("SELECT count(*) FROM made"); got != "1" {
		t.Errorf("a second start ran the scripts again: %s rows", got)
	}
}

func TestAnInitScriptThatFailsLeavesNothingThatCouldBeTakenForWhole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ network, name, text, said string }{
		{"failing-sql", "1_bad.sql", "SELECT missing;", `column "missing" does not exist`},
		{"failing-run", "1_bad.sh!", "#!/bin/sh\nexit 7\n", "exit status 7"},
		{"failing-sourced", "1_bad.sh", "exit 0\n", "ended bash with exit 0"},
	} {
		name := test.name
		mounted := scripts(t, map[string]string{name: test.text, "0.sql": "CREATE TABLE made ()", "2.sql": "CREATE TABLE later ()"})
		n := newNode(t, networkFor(t, test.network), "a")
		n.mounts = append(n.mounts, mounted)
		for range 2 { // a second start comes to the same end
			n.as("primary", "")
			if status := n.ends(); status != "1" {
				t.Errorf("%s: exit %s, want 1", name, status)
			}
			n.Says("init script /docker-entrypoint-initdb.d/"+strings.TrimSuffix(name, "!")+" failed", test.said, "the next start makes it anew")
		}
		n.mounts = n.mounts[:len(n.mounts)-1]
		n.as("primary", "")
		n.Healthy()
		if got := n.SQL("SELECT count(*) FROM pg_tables WHERE tablename IN ('made', 'later')"); got != "0" {
			t.Errorf("%s: %s tables of the failed scripts are there", name, got)
		}
	}
}

func TestAStartThatIsKilledInAnInitScriptBeginsAnew(t *testing.T) {
	t.Parallel()
	n := newNode(t, networkFor(t, "killed"), "a")
	n.mounts = append(n.mounts, scripts(t, map[string]string{"1.sql": "CREATE TABLE made ()", "2.sql": "SELECT pg_sleep(3600)"}))
	for _, signal := range []string{"KILL", "INT"} {
		n.as("primary", "")
		Eventually(t, "the second script runs", func() bool {
			said, _ := n.tryExec("pgreplica", "healthcheck")
			return strings.Contains(said, "running /docker-entrypoint-initdb.d/2.sql")
		})
		n.Kill(signal)
		n.ends()
	}
	n.mounts = n.mounts[:len(n.mounts)-1]
	n.as("primary", "")
	n.Healthy()
	n.Says("removing what an earlier attempt left in staging")
	if got := n.SQL("SELECT count(*) FROM pg_tables WHERE tablename = 'made'"); got != "0" {
		t.Error("what the killed script made is there")
	}
}

// The path in the script is where the cluster will be, and the official image
// has it while scripts run.
func TestAnInitScriptThatWritesToAPathIsReferredToPGDATA(t *testing.T) {
	t.Parallel()
	mounted := scripts(t, map[string]string{"1.sh": "echo work_mem=9MB >>/mnt/postgresql.conf\n"})
	args := []string{"--volume", newVolume(t) + ":/mnt", "--env", "PGDATA=/mnt", "--env", "POSTGRES_PASSWORD=test"}
	said, status := Run(t, append(args, "--volume", mounted, image("master"))...)
	if status != 78 || !strings.Contains(said, "init scripts wrote outside the new cluster: /mnt/postgresql.conf") {
		t.Errorf("exit %d, want 78 and the file:\n%s", status, said)
	}
	if said, status := Run(t, append(args, image("master"), "rm", "-r", "/mnt/postgresql.conf")...); status != 0 {
		t.Error(said)
	}
	Start(t, append(args, image("master"))...).Healthy()
}
