package pgsql

import (
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// run runs a program to its end and returns what it printed.
func (s *server) run(t testing.TB, stdin io.Reader, program string, args ...string) string {
	t.Helper()
	cmd := s.command(t, program, args...)
	cmd.Stdin = stdin
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

// command runs as postgres where the tests run as root: PostgreSQL refuses to.
func (s *server) command(t testing.TB, program string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(filepath.Join(programs(t), program), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	if uid, gid := postgresUser(t); os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	}
	return cmd
}

// programs is the directory of the newest PostgreSQL of this machine.
func programs(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	slices.Sort(found) // all majors have two digits
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	path, err := exec.LookPath("postgres")
	if err != nil {
		t.Skip("needs PostgreSQL: none under /usr/lib/postgresql, none on PATH")
	}
	return filepath.Dir(path)
}

func postgresUser(t testing.TB) (uid, gid uint32) {
	t.Helper()
	if os.Geteuid() != 0 {
		return uint32(os.Getuid()), uint32(os.Getgid())
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		t.Skip("needs a user postgres to run PostgreSQL as: the tests run as root")
	}
	u, _ := strconv.ParseUint(account.Uid, 10, 32)
	g, _ := strconv.ParseUint(account.Gid, 10, 32)
	return uint32(u), uint32(g)
}

// write makes an empty file in the data directory.
func (s *server) write(t testing.TB, name string) {
	t.Helper()
	path := filepath.Join(s.data, name)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if uid, gid := postgresUser(t); os.Geteuid() == 0 {
		if err := os.Chown(path, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// read is a file of the data directory.
func (s *server) read(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(s.data, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
