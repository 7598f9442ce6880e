package pgctl

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
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
	case "killed":
		fmt.Fprintln(os.Stderr, name+": starting background WAL receiver")
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "child killed":
		fmt.Fprintln(os.Stderr, "child process was terminated by signal 9: Killed")
		fmt.Fprintln(os.Stderr, name+`: removing data directory "/data"`)
		os.Exit(1)
	case "no reason":
		fmt.Fprintln(os.Stderr, name+": could not do it")
		fmt.Fprintln(os.Stderr, name+`: removing contents of data directory "/data"`)
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
	case "stop":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		fmt.Fprintln(os.Stderr, "went on")
	case "leave":
		leave()
	}
	os.Exit(0)
}

// hang ignores SIGTERM, and so does a child that it starts. The child says who both
// are, as soon as it does so.
func hang() {
	signal.Ignore(syscall.SIGTERM)
	if os.Getenv("FAKE_CHILD") == "" {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "FAKE_CHILD=1")
		if err := child.Start(); err != nil {
			os.Exit(3)
		}
	} else {
		pids := os.Getenv("FAKE_PIDS")
		_ = os.WriteFile(pids+".new", []byte(fmt.Sprintf("%d %d", os.Getppid(), os.Getpid())), 0o600)
		_ = os.Rename(pids+".new", pids)
	}
	time.Sleep(time.Hour)
}

// leave ends, and leaves a child that holds what it writes to.
func leave() {
	if os.Getenv("FAKE_CHILD") != "" {
		time.Sleep(time.Hour)
	}
	child := exec.Command(os.Args[0])
	child.Env, child.Stderr = append(os.Environ(), "FAKE_CHILD=1"), os.Stderr
	if err := child.Start(); err != nil {
		os.Exit(3)
	}
	fmt.Fprintln(os.Stderr, "pg_basebackup: error: left a child")
	os.Exit(1)
}

// fake puts the programs on PATH and sets how they behave.
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
