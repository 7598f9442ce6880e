//go:build integration

package integration

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// withFiles mounts a folder of configuration files in both servers of a pair.
const withFiles = `
services:
  master: &files
    volumes: ["./conf:/tmp/postgresql:ro"]
  slave: *files
`

func pairWithFiles(t *testing.T, settings ...string) *Cluster {
	t.Helper()
	pair := New(t, ".", settings...)
	pair.Write("compose.override.yaml", withFiles)
	if err := os.Mkdir(filepath.Join(pair.dir, "conf"), 0o755); err != nil {
		t.Fatal(err)
	}
	pair.Write("conf/postgresql.conf", "work_mem = 8MB\n")
	pair.Write("conf/pg_hba.conf", everybody)
	pair.Up()
	pair.Replicates()
	return pair
}

const everybody = "local all all trust\nhost all all all scram-sha-256\n"

// apply runs pgreplica apply, and returns what it prints and its exit status.
func apply(t *testing.T, on Container, args ...string) (said string, status int) {
	t.Helper()
	said, err := on.tryExec(append([]string{"pgreplica", "apply"}, args...)...)
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return said, ended.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return said, 0
}

// applies fails the test where apply does not exit so, or says none of this.
func applies(t *testing.T, on Container, args []string, exit int, texts ...string) {
	t.Helper()
	said, status := apply(t, on, args...)
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("apply %v does not say %q", args, text)
		}
	}
	if status != exit || t.Failed() {
		t.Fatalf("apply %v exits %d, want %d, and says\n%s", args, status, exit, said)
	}
}

func TestApplyPlacesFilesWithoutARestart(t *testing.T) {
	t.Parallel()
	pair := pairWithFiles(t)
	master := pair.Service("master")
	began := master.Inspect("{{.State.StartedAt}}")
	applies(t, master, nil, 0, "nothing to do")

	pair.Write("conf/postgresql.conf", "work_mem = 9MB\nmax_connections = 60\n")
	if said := doctor(t, master, nil); !strings.Contains(said, "the mounted postgresql.conf has changed since it was placed") {
		t.Errorf("doctor says\n%s", said)
	}
	applies(t, master, nil, 0, "placed /tmp/postgresql/postgresql.conf", "the server has read its configuration",
		"max_connections changes from 100 to 60 at the next start: docker compose restart master")
	applies(t, master, nil, 0, "nothing to do\nmax_connections changes from 100 to 60")
	if got := master.SQL("SHOW work_mem"); got != "9MB" {
		t.Errorf("work_mem is %s", got)
	}
	if said := doctor(t, master, nil); !strings.Contains(said, "max_connections changes from 100 to 60 at the next start") {
		t.Errorf("doctor says\n%s", said)
	}

	pair.Write("conf/pg_hba.conf", everybody+"host all all db1.invalid md5\nhost all all 10.0.0.0/8\n")
	applies(t, master, nil, 78, "line 4: it ends before the authentication method", "HINT:  Correct the mounted file, then docker compose exec master pgreplica apply")
	if line := master.Exec("pgreplica", "healthcheck"); !strings.Contains(line, "the mounted pg_hba.conf is rejected") {
		t.Errorf("healthcheck says %q", line)
	}
	pair.Write("conf/pg_hba.conf", everybody+"host all all db1.invalid md5\n")
	applies(t, master, nil, 0, "placed /tmp/postgresql/pg_hba.conf", "line 3: db1.invalid: this host is not known")
	if line := master.Exec("pgreplica", "healthcheck"); strings.Contains(line, "rejected") {
		t.Errorf("healthcheck says %q", line)
	}

	// Only the server knows whether this can be resolved.
	pair.Write("conf/pg_hba.conf", everybody+"host all all all radius radiusservers=nowhere.invalid radiussecrets=canary\n")
	applies(t, master, nil, 78, "line 3: the server cannot read it, and its log says why")
	if now := master.Exec("sh", "-c", "cat $PGDATA/pg_hba.conf"); strings.Contains(now, "radius") || !strings.Contains(now, "db1.invalid") {
		t.Errorf("what the server objected to is in place:\n%s", now)
	}
	if said := doctor(t, master, nil); !strings.Contains(said, "config-rejected") || strings.Contains(said, "hba-file") {
		t.Errorf("doctor says\n%s", said)
	}
	pair.Write("conf/pg_hba.conf", everybody+"host all all db1.invalid md5\n")
	applies(t, master, nil, 0)

	master.Exec("sh", "-c", "echo 'host all all 10.0.0.0/8 md5' >> $PGDATA/pg_hba.conf")
	applies(t, master, nil, 0, "pg_hba.conf was edited in the data directory, and is kept so", "the server has read its configuration")
	pair.Write("conf/pg_hba.conf", everybody)
	applies(t, master, nil, 0, "nothing to do\nthe mounted pg_hba.conf has changed, but the one in the data directory was edited")
	if said := doctor(t, master, nil); !strings.Contains(said, "config-edited") {
		t.Errorf("doctor says\n%s", said)
	}
	applies(t, master, []string{"--replace"}, 0, "placed /tmp/postgresql/pg_hba.conf")
	applies(t, master, []string{"--replace"}, 0, "nothing to do")
	if kept := master.Exec("sh", "-c", "cat $PGDATA/old_pg_hba.conf.*"); !strings.Contains(kept, "10.0.0.0/8") {
		t.Errorf("the edited file is not kept:\n%s", kept)
	}
	if now := master.Inspect("{{.State.StartedAt}}"); now != began {
		t.Errorf("the container was started at %s and again at %s", began, now)
	}
}

func TestAnEditInTheDataDirectoryOutlivesARestart(t *testing.T) {
	t.Parallel()
	pair := pairWithFiles(t)
	slave := pair.Service("slave")
	slave.Exec("sh", "-c", "echo 'work_mem = 5MB' >> $PGDATA/postgresql.conf")
	pair.Compose("restart", "slave")
	slave.Says("this file was edited in the data directory, and is kept so")
	pair.Write("conf/postgresql.conf", "work_mem = 6MB\n")
	pair.Compose("restart", "slave")
	slave.Says("the mounted file has changed, but is not used")
	slave.Healthy()
	if got := slave.SQL("SHOW work_mem"); got != "5MB" {
		t.Errorf("work_mem is %s: the edit is lost", got)
	}
	pair.Replicates()
}

// TestAPasswordIsRotatedWithoutARestart changes the password of replication and
// has both servers use the new one, while the primary logs every statement.
func TestAPasswordIsRotatedWithoutARestart(t *testing.T) {
	t.Parallel()
	const first, second = "canary-first", "canary-second"
	pair := pairWithFiles(t, "REPLICATION_PASSWORD="+first)
	master, slave := pair.Service("master"), pair.Service("slave")
	began := master.Inspect("{{.State.StartedAt}}") + slave.Inspect("{{.State.StartedAt}}")
	for _, setting := range []string{"log_statement = 'all'", "log_min_duration_statement = 0", "log_min_error_statement = 'debug5'", "default_transaction_read_only = on"} {
		master.SQL("ALTER SYSTEM SET " + setting)
	}
	master.SQL(reload)

	pair.Set("REPLICATION_PASSWORD=" + second)
	pair.Compose("up", "--detach", "--no-deps", "secrets")
	Eventually(t, "the new password is kept", func() bool { return master.Exec("cat", "/run/pgreplica-secrets/replication_password") == second })
	applies(t, master, nil, 0, "brought role postgres_replicator up to date")
	applies(t, master, nil, 0, "nothing to do")
	login(t, slave, "postgres_replicator", first, false)
	applies(t, slave, nil, 0, "wrote the password that this standby logs in with")
	applies(t, slave, nil, 0, "nothing to do")

	pid := slave.SQL("SELECT pid FROM pg_stat_wal_receiver")
	master.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_replication")
	Eventually(t, "the standby streams again", func() bool {
		now, err := slave.trySQL("SELECT pid FROM pg_stat_wal_receiver WHERE status = 'streaming'")
		return err == nil && now != "" && now != pid
	})
	if now := master.Inspect("{{.State.StartedAt}}") + slave.Inspect("{{.State.StartedAt}}"); now != began {
		t.Error("a container was started again")
	}
	master.NeverSaid("canary", "SCRAM-SHA-256$")
	slave.NeverSaid("canary")
}
