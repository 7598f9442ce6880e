package pgctl

import (
	"bytes"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A cluster is a real PostgreSQL of this machine, reached by a socket in dir.
type cluster struct {
	t         *testing.T
	dir, data string
	log       bytes.Buffer
	server    *exec.Cmd
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		t.Skip("needs PostgreSQL")
	}
	t.Setenv("PATH", found[len(found)-1]+":"+os.Getenv("PATH"))
	dir, err := os.MkdirTemp("/tmp", "pgctl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c := &cluster{t: t, dir: dir, data: filepath.Join(dir, "data")}
	if as := c.credential(); as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	c.run("initdb", "-D", c.data, "-U", "postgres", "-N", "-A", "trust")
	return c
}

func (c *cluster) clone(t *testing.T, name string) *cluster {
	t.Helper()
	dir := filepath.Join(c.dir, name)
	s := &cluster{t: c.t, dir: dir, data: filepath.Join(dir, "data")}
	c.run("pg_basebackup", "-h", c.dir, "-U", "postgres", "-D", s.data, "-c", "fast", "--no-sync")
	c.run("touch", filepath.Join(s.data, "standby.signal"))
	return s
}

func (c *cluster) start(settings ...string) {
	c.t.Helper()
	args := []string{"-D", c.data, "-k", c.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "wal_keep_size=512MB", "-c", "autovacuum=off"}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	c.server = c.command("postgres", args...)
	c.server.Stdout, c.server.Stderr = &c.log, &c.log
	if err := c.server.Start(); err != nil {
		c.t.Fatal(err)
	}
	server := c.server
	c.t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGQUIT)
		_ = server.Wait()
	})
	c.await("SELECT true")
}

func (c *cluster) stop(signal syscall.Signal) {
	c.t.Helper()
	if err := c.server.Process.Signal(signal); err != nil {
		c.t.Fatal(err)
	}
	_ = c.server.Wait()
}

func (c *cluster) await(condition string) {
	c.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		out, err := c.command("psql", "-h", c.dir, "-U", "postgres", "-XAtc", condition).CombinedOutput()
		if err == nil && strings.TrimSpace(string(out)) == "t" {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%s: %s\n%s", condition, out, c.log.String())
		}
	}
}

func (c *cluster) sql(statement string) string {
	c.t.Helper()
	return strings.TrimSpace(c.run("psql", "-h", c.dir, "-U", "postgres", "-XAtc", statement))
}

func (c *cluster) run(program string, args ...string) string {
	c.t.Helper()
	out, err := c.command(program, args...).CombinedOutput()
	if err != nil {
		c.t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

func (c *cluster) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = "/tmp"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.credential()}
	return cmd
}

// credential is the user postgres where the tests run as root, which
// PostgreSQL's servers refuse to run as.
func (c *cluster) credential() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		c.t.Skip("needs a user postgres to run PostgreSQL as: the tests run as root")
	}
	uid, _ := strconv.ParseUint(account.Uid, 10, 32)
	gid, _ := strconv.ParseUint(account.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
