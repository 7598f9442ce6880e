package realpg

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
)

// A Cluster is a data directory that an installed PostgreSQL has made, in Dir. Bin is
// the folder of that PostgreSQL's programs.
type Cluster struct {
	t          *testing.T
	Bin, Dir   string
	credential *syscall.Credential // of the user postgres where the test runs as root, because PostgreSQL refuses to
}

// New runs initdb with the newest installed PostgreSQL. The test is skipped where
// none is installed.
func New(t *testing.T) *Cluster {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Skip("needs PostgreSQL")
	}
	c := &Cluster{t: t, Bin: filepath.Dir(found[len(found)-1]), Dir: filepath.Join(t.TempDir(), "pgdata")}
	if os.Getuid() == 0 {
		c.credential = giveToPostgres(t, filepath.Dir(c.Dir))
	}
	if out, err := c.Command("initdb", "-D", c.Dir, "-U", "postgres", "-N").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	return c
}

// giveToPostgres makes the user postgres the owner of dir, and lets that user reach
// it. The test is skipped where there is no such user.
func giveToPostgres(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	postgres, err := user.Lookup("postgres")
	if err != nil {
		t.Skip("needs the user postgres")
	}
	uid, _ := strconv.Atoi(postgres.Uid)
	gid, _ := strconv.Atoi(postgres.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// Command is a command with a program of this PostgreSQL, to be run as its user.
func (c *Cluster) Command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.Bin, program), args...)
	cmd.Dir = filepath.Dir(c.Dir)
	cmd.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.credential}
	return cmd
}

// Read returns a file of the data directory.
func (c *Cluster) Read(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.Dir, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// Write replaces a file of the data directory.
func (c *Cluster) Write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// Show is the value of a setting, as postgres -C prints it.
func (c *Cluster) Show(setting string) string {
	c.t.Helper()
	var stderr bytes.Buffer
	cmd := c.Command("postgres", "-D", c.Dir, "-C", setting)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		c.t.Fatalf("postgres -C %s: %v\n%s", setting, err, stderr.String())
	}
	return strings.TrimSuffix(string(out), "\n")
}

// Single is the first value of a query that returns text. It runs in single-user
// mode, which prints `1: name = "text" (typeid …)`.
func (c *Cluster) Single(query string) string {
	c.t.Helper()
	cmd := c.Command("postgres", "--single", "-D", c.Dir, "postgres")
	cmd.Stdin = strings.NewReader(query + "\n")
	out, err := cmd.CombinedOutput()
	_, text, found := strings.Cut(string(out), ` = "`)
	text, _, ended := strings.Cut(text, "\"\t(typeid")
	if err != nil || !found || !ended {
		c.t.Fatalf("%s: %v\n%s", query, err, out)
	}
	return text
}
