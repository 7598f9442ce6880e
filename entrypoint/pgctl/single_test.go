package pgctl

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pgreplica/integration/realpg"
)

func TestAFailedStatementFailsTheRun(t *testing.T) {
	fake(t, "statement")
	err := Single(context.Background(), "/data", []string{"CREATE ROLE x"}, silent)
	if err == nil || !strings.Contains(err.Error(), `role "x" already exists`) {
		t.Errorf("got %v", err)
	}
}

func TestRolesAreMadeWhereTheDatabasePostgresWasDropped(t *testing.T) {
	c := newCluster(t)
	c.start()
	c.run("psql", "-h", c.dir, "-U", "postgres", "-d", "template1", "-c", "DROP DATABASE postgres")
	c.stop(syscall.SIGTERM)
	asServerUser(t, c)
	err := Single(context.Background(), c.data, []string{"CREATE ROLE app LOGIN", "CREATE DATABASE app"}, func(_, line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	asked := exec.Command("postgres", "--single", "-D", c.data, "app")
	asked.Stdin = strings.NewReader("SELECT rolname FROM pg_roles WHERE rolname = 'app'\n")
	if said, err := asked.CombinedOutput(); err != nil || !strings.Contains(string(said), `rolname = "app"`) {
		t.Errorf("%v\n%s", err, said)
	}
}

// asServerUser has postgres run as its own user, which a start is by then.
func asServerUser(t *testing.T, c *cluster) {
	t.Helper()
	as := c.credential()
	if as == nil {
		return
	}
	postgres, err := exec.LookPath("postgres")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nexec setpriv --reuid=%d --regid=%d --clear-groups %s \"$@\"\n", as.Uid, as.Gid, postgres)
	if err := os.WriteFile(filepath.Join(dir, "postgres"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// TestNoStatementOfASingleUserServerIsLogged gives a real postgres the arguments that
// Single uses, and a configuration that logs all it can.
func TestNoStatementOfASingleUserServerIsLogged(t *testing.T) {
	c := realpg.New(t)
	args := fake(t, "")
	if err := Single(context.Background(), c.Dir, nil, silent); err != nil {
		t.Fatal(err)
	}
	c.Write("postgresql.conf", "log_statement = all\nlog_min_duration_statement = 0\nlog_min_error_statement = error\n")
	cmd := c.Command("postgres", args()[1:]...)
	cmd.Stdin = strings.NewReader("CREATE ROLE r PASSWORD 'canary';\nALTER ROLE nobody PASSWORD 'canary';\n")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `role "nobody" does not exist`) || strings.Contains(string(out), "canary") {
		t.Errorf("%v, and said\n%s", err, out)
	}
}
