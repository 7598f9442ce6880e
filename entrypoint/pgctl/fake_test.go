package pgctl

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary play PostgreSQL's programs: a link to it by the
// name of one, on a PATH of the test's own, behaves as FAKE says.
func TestMain(m *testing.M) {
	if name := filepath.Base(os.Args[0]); !strings.HasSuffix(name, ".test") {
		play(name)
	}
	os.Exit(m.Run())
}

func play(name string) {
	if path := os.Getenv("FAKE_ARGS"); path != "" {
		_ = os.WriteFile(path, []byte(strings.Join(append([]string{name}, os.Args[1:]...), "\n")), 0o600)
	}
	fmt.Fprintln(os.Stderr, "first line")
	switch os.Getenv("FAKE") {
	case "late":
		fmt.Println("creating directory d ... ok")
		fallthrough
	case "fail":
		fmt.Fprintln(os.Stderr, name+": error: what is wrong")
		fmt.Fprintln(os.Stderr, "Try --help for more.")
		os.Exit(1)
	case "unrecognized":
		fmt.Fprintln(os.Stderr, `Try "initdb --help" for more information.`)
		os.Exit(1)
	case "progress":
		fmt.Fprint(os.Stderr, "waiting for checkpoint\n    0/30 kB (0%), 0/1 tablespace\n   15/30 kB (50%), 0/1 tablespace (/x)\n")
	case "statement":
		fmt.Fprintln(os.Stderr, `2026-11-23 20:00:00 UTC [7] ERROR:  role "x" already exists`)
	case "hang":
		hang()
	}
	os.Exit(0)
}

// hang ignores SIGTERM, as a child of its own does too.
func hang() {
	signal.Ignore(syscall.SIGTERM)
	if os.Getenv("FAKE_CHILD") == "" {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "FAKE_CHILD=1")
		if err := child.Start(); err != nil {
			os.Exit(3)
		}
		_ = os.WriteFile(os.Getenv("FAKE_PIDS"), []byte(fmt.Sprintf("%d %d", os.Getpid(), child.Process.Pid)), 0o600)
	}
	time.Sleep(time.Hour)
}

// fake puts the programs on PATH and says how they behave.
func fake(t *testing.T, behaviour string) (args func() []string) {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "pg_basebackup", "pg_verifybackup", "postgres"} {
		if err := os.Symlink(self, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	seen := filepath.Join(dir, "args")
	t.Setenv("PATH", dir)
	t.Setenv("FAKE", behaviour)
	t.Setenv("FAKE_ARGS", seen)
	return func() []string {
		text, err := os.ReadFile(seen)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(text), "\n")
	}
}

func silent(string, string) {}

func TestAFailureShowsTheProgramsError(t *testing.T) {
	fake(t, "fail")
	err := VerifyBackup(context.Background(), "/data", silent)
	if err == nil || err.Error() != "pg_verifybackup: pg_verifybackup: error: what is wrong" {
		t.Errorf("got %v", err)
	}
}

func TestAMissingProgramIsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := VerifyBackup(context.Background(), "/data", silent); err == nil || !strings.Contains(err.Error(), "pg_verifybackup") {
		t.Errorf("got %v", err)
	}
}

// TestNothingOutlivesACancelledProgram cancels a program that ignores SIGTERM
// and has a child that does so too.
func TestNothingOutlivesACancelledProgram(t *testing.T) {
	fake(t, "hang")
	pids := filepath.Join(t.TempDir(), "pids")
	t.Setenv("FAKE_PIDS", pids)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(pids); err == nil {
				cancel()
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	began := time.Now()
	err := BaseBackup{Dir: "/data"}.Run(ctx, func(Progress) {}, silent)
	if err == nil || time.Since(began) > grace+3*time.Second {
		t.Errorf("took %s, error %v", time.Since(began), err)
	}
	text, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	var parent, child int
	if _, err := fmt.Sscan(string(text), &parent, &child); err != nil {
		t.Fatal(err)
	}
	for _, pid := range []int{parent, child} {
		if alive(pid) {
			t.Errorf("process %d lives on", pid)
		}
	}
}

// alive is false of a zombie, which only its new parent can bury.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestABaseBackupIsAskedForWhole(t *testing.T) {
	args := fake(t, "progress")
	var seen []Progress
	backup := BaseBackup{Dir: "/v/clone-1", Slot: "s", Label: "l", Checkpoint: "fast", MaxRate: "32M"}
	backup.From.Host, backup.From.Passfile = "db1", "/run/passfile"
	var told []string
	err := backup.Run(context.Background(), func(p Progress) { seen = append(seen, p) }, func(_, line string) { told = append(told, line) })
	if err != nil {
		t.Fatal(err)
	}
	got := args()
	for _, want := range []string{"pg_basebackup", "--pgdata=/v/clone-1", "--slot=s", "--checkpoint=fast", "--no-password", "--max-rate=32M",
		"--wal-method=stream", "--manifest-checksums=CRC32C", "--dbname=" + backup.From.String()} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s among %q", want, got)
		}
	}
	for _, forbidden := range []string{"-R", "--write-recovery-conf", "-C", "--create-slot"} {
		if slices.Contains(got, forbidden) {
			t.Errorf("%s among %q", forbidden, got)
		}
	}
	if want := []Progress{{0, 30 << 10}, {15 << 10, 30 << 10}}; !slices.Equal(seen, want) {
		t.Errorf("progress %v, want %v", seen, want)
	}
	if !slices.Equal(told, []string{"first line", "waiting for checkpoint"}) {
		t.Errorf("told %q", told)
	}
}

func TestAFailedStatementFailsTheRun(t *testing.T) {
	fake(t, "statement")
	err := Single(context.Background(), "/data", []string{"CREATE ROLE x"}, silent)
	if err == nil || !strings.Contains(err.Error(), `role "x" already exists`) {
		t.Errorf("got %v", err)
	}
}

func TestInitDBTakesTheUsersArguments(t *testing.T) {
	args := fake(t, "")
	err := InitDB{Dir: "/v/init-1", Superuser: "my admin", Args: `--locale=C -k --auth-host="scram-sha-256"`}.Run(context.Background(), silent)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"initdb", "--pgdata=/v/init-1", "--username=my admin", "--data-checksums", "--auth=trust", "--no-sync",
		"--pwfile=/dev/stdin", "--locale=C", "-k", "--auth-host=scram-sha-256"}
	if got := args(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShellWords(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, "  a  b\tc\n": {"a", "b", "c"}, `'a b' "c d"`: {"a b", "c d"}, `a\ b`: {"a b"}, `'' x`: {"", "x"}, `"a'b"`: {"a'b"}, `--x='y z'`: {"--x=y z"},
	} {
		if got, err := shellWords(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{`'a`, `"a`, `a\`} {
		if got, err := shellWords(text); err == nil {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestMajorVersions(t *testing.T) {
	for text, want := range map[string]int{"postgres (PostgreSQL) 13.23 (Debian 13.23-0+deb11u4)\n": 13, "postgres (PostgreSQL) 19beta1\n": 19} {
		if got, err := parseMajor(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v", text, got, err)
		}
	}
	if _, err := parseMajor("bash 5"); err == nil {
		t.Error("took bash for postgres")
	}
}

func FuzzProgress(f *testing.F) {
	f.Add("  23456/98765 kB (23%), 0/1 tablespace (...x/base/13408/2610)")
	f.Add("1/2 kB (")
	f.Fuzz(func(t *testing.T, line string) {
		if p, ok := parseProgress(line); ok && (p.Done < 0 || p.Total < 0) {
			t.Errorf("%q: %+v", line, p)
		}
	})
}
