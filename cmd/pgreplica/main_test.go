package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test binary be pgreplica, and the postgres on its PATH.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "pgreplica":
		main()
	case "postgres", "psql":
		println(strings.Join(append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), " "))
		os.Exit(3)
	}
	os.Exit(m.Run())
}

// pgreplica runs the program with nothing in its environment but these pairs.
func pgreplica(t *testing.T, env []string, args ...string) (output string, status int) {
	t.Helper()
	cmd := prepared(t, env, args...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// prepared is the program, not yet run: with nothing in its environment but these
// pairs, and with a postgres and a psql on its PATH that say how they were called.
func prepared(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pgreplica", "postgres", "psql"} {
		if err := os.Symlink(self, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(dir, "pgreplica"), args...)
	cmd.Env = append([]string{"PATH=" + dir}, env...)
	return cmd
}

func TestTheOfficialImagesArgumentsAreKept(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"postgres", "--version"}, "postgres --version\n"},
		{[]string{"--version"}, "postgres --version\n"},
		{[]string{"postgres", "--help"}, "postgres --help\n"},
		{[]string{"psql", "-c", "select 1"}, "psql -c select 1\n"},
	} {
		if out, status := pgreplica(t, nil, c.args...); out != c.want || status != 3 {
			t.Errorf("%q: got %q, status %d", c.args, out, status)
		}
	}
}

func TestEveryMistakeIsNamedAtOnceAndNothingIsTouched(t *testing.T) {
	pgdata := filepath.Join(t.TempDir(), "data", "pgdata")
	env := []string{"REPLICATION_MODE=standby", "MASTER_SERVER=IP_HERE", "MASTER_PORT=PUERTO_DEL_MASTER", "PGDATA=" + pgdata, "MASTER_SLOT=db-2",
		"REPLICATION_PASSWORD=canary", "REPLICATION_PASSWORD_FILE=/run/secret"}
	for _, args := range [][]string{nil, {"plan"}, {"postgres", "-c", "port=5433"}} {
		out, status := pgreplica(t, env, args...)
		for _, name := range []string{"MASTER_SERVER", "MASTER_PORT", "MASTER_SLOT", "REPLICATION_PASSWORD"} {
			if !strings.Contains(out, name) {
				t.Errorf("%q does not name %s:\n%s", args, name, out)
			}
		}
		if status != 78 || strings.Contains(out, "canary") {
			t.Errorf("%q: status %d\n%s", args, status, out)
		}
	}
	if _, err := os.Stat(filepath.Dir(pgdata)); err == nil {
		t.Error("made a folder")
	}
}

func TestUsageIsExit64(t *testing.T) {
	for _, args := range [][]string{{"healthcheck", "--what"}, {"status", "x"}, {"status", "--json", "--quiet"}, {"status", "--watch=0"}, {"slots", "x"}, {"slots", "drop"}, {"apply", "x"}, {"plan", "x"}, {"settings", "x"}, {"secrets"}, {"secrets", "dir"}} {
		if out, status := pgreplica(t, nil, args...); status != 64 || !strings.Contains(out, "usage: pgreplica "+args[0]) {
			t.Errorf("%q: status %d\n%s", args, status, out)
		}
	}
}

func TestAHealthcheckExitsZeroOrOne(t *testing.T) {
	if out, status := pgreplica(t, []string{"REPLICATION_MODE=nonsense"}, "healthcheck"); status != 1 {
		t.Errorf("status %d\n%s", status, out)
	}
}

func TestASecretIsKeptOrMadeButNeverShown(t *testing.T) {
	dir := t.TempDir()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	run := func(env ...string) {
		out, status := pgreplica(t, env, "secrets", dir, "postgres_password", "replication_password")
		if status != 0 || strings.Contains(out, read("postgres_password")) || strings.Contains(out, read("replication_password")) {
			t.Fatalf("status %d\n%s", status, out)
		}
	}
	run("POSTGRES_PASSWORD=canary one")
	random := read("replication_password")
	if read("postgres_password") != "canary one" || len(random) < 20 {
		t.Errorf("kept %q and %q", read("postgres_password"), random)
	}
	run()
	if read("postgres_password") != "canary one" || read("replication_password") != random {
		t.Error("a second run changed what was kept")
	}
	run("POSTGRES_PASSWORD=canary two")
	if read("postgres_password") != "canary two" {
		t.Error("a new password was not kept")
	}
	info, err := os.Stat(filepath.Join(dir, "postgres_password"))
	if err != nil || info.Mode().Perm() != 0o400 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestWhatAsksIsAnsweredAtOnce types it with an environment that nothing can start
// with, as in a container that waits for its volume.
func TestWhatAsksIsAnsweredAtOnce(t *testing.T) {
	broken := []string{"REPLICATION_MODE=nonsense"}
	for _, c := range []struct {
		args   []string
		want   string
		status int
	}{
		{[]string{"-h"}, "usage: pgreplica [command", 0},
		{[]string{"--help"}, "usage: pgreplica [command", 0},
		{[]string{"help"}, "usage: pgreplica [command", 0},
		{[]string{"start", "-h"}, "usage: pgreplica start", 0},
		{[]string{"status", "-h"}, "usage: pgreplica status", 0},
		{[]string{"-?"}, "postgres -?", 3},
		{[]string{"--status"}, "Did you mean pgreplica status?", 64},
		{[]string{"--doctor", "--json"}, "Did you mean pgreplica doctor?", 64},
		{[]string{"postgres", "--wrong"}, "pgreplica help lists the commands.", 64},
	} {
		if out, status := pgreplica(t, broken, c.args...); status != c.status || !strings.Contains(out, c.want) {
			t.Errorf("%q: status %d\n%s", c.args, status, out)
		}
	}
	for _, args := range [][]string{{"-h", "127.0.0.1"}, {"--work_mem=8MB"}, {"--single"}} { // those are postgres's: a start refuses the mode
		if out, status := pgreplica(t, broken, args...); status != 78 || !strings.Contains(out, "REPLICATION_MODE") {
			t.Errorf("%q: status %d\n%s", args, status, out)
		}
	}
}

func TestACommandThatIsNotThereYetSaysWhatToType(t *testing.T) {
	for _, l := range later {
		for _, name := range l.names {
			for _, args := range [][]string{{name}, {name, "--help"}, {"help", name}} {
				out, status := pgreplica(t, nil, args...)
				if status != 64 || !strings.Contains(out, "pgreplica "+name+" is not there yet") || !strings.Contains(out, "HINT:  To ") {
					t.Errorf("%q: status %d\n%s", args, status, out)
				}
			}
			if _, there := find(name); there {
				t.Errorf("%s is there", name)
			}
		}
	}
}

func TestEveryCommandIsInTheUsage(t *testing.T) {
	out, status := pgreplica(t, nil, "help")
	for _, c := range commands() {
		if !strings.Contains(out, "  "+c.name+" ") || status != 0 {
			t.Errorf("%s is not in\n%s", c.name, out)
		}
	}
}

func TestAMistypedCommandIsGuessedAndAProgramIsNot(t *testing.T) {
	for _, c := range []struct {
		typed  string
		status int
		want   string
	}{
		{"stauts", 64, "Did you mean pgreplica status?"},
		{"helthcheck", 64, "Did you mean pgreplica healthcheck?"},
		{"bash", 127, "pgreplica help lists the commands."},
		{"/no/such/program", 127, "pgreplica help lists the commands."},
	} {
		if out, status := pgreplica(t, nil, c.typed, "x"); status != c.status || !strings.Contains(out, c.want) {
			t.Errorf("%q: status %d\n%s", c.typed, status, out)
		}
	}
}

func TestEachCommandExplainsItself(t *testing.T) {
	for _, c := range commands() {
		for _, args := range [][]string{{"help", c.name}, {c.name, "--help"}} {
			out, status := pgreplica(t, nil, args...)
			if !strings.HasPrefix(out, "usage: pgreplica "+c.name) || !strings.Contains(out, c.summary) || status != 0 {
				t.Errorf("%q: status %d\n%s", args, status, out)
			}
		}
	}
	if out, status := pgreplica(t, nil, "help", "nothing"); status != 64 || !strings.Contains(out, `"nothing"`) {
		t.Errorf("status %d\n%s", status, out)
	}
}

func TestAWatchWritesOverWhatStoodThere(t *testing.T) {
	if got, want := inPlace("a\nb\n"), "\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAWatchReadsTheEnvironmentOnce(t *testing.T) {
	if _, err := user.Lookup("postgres"); err != nil && os.Getuid() == 0 {
		t.Skip("needs the user postgres, which root becomes")
	}
	dir := t.TempDir()
	secret := filepath.Join(dir, "password")
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o711), os.WriteFile(secret, []byte("canary"), 0o600)); err != nil {
		t.Fatal(err)
	}
	watch := prepared(t, []string{"REPLICATION_MODE=primary", "POSTGRES_PASSWORD_FILE=" + secret, "PGDATA=/nonexistent/pgdata"}, "status", "--quiet", "--watch=20ms")
	out, err := watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for i := range 5 {
		if !lines.Scan() {
			t.Errorf("ended after %d lines: %v", i, watch.Wait())
			return
		}
		_ = os.Remove(secret) // after the first line
	}
	_ = watch.Process.Kill()
	_ = watch.Wait()
}
