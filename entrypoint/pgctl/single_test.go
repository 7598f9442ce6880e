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
