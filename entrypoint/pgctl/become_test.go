package pgctl

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestOnlyThePIDFileOfADeadServerGoes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"postmaster.pid", "standby.signal", "PG_VERSION"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The second time there is none, as after a clean stop.
	if err := errors.Join(RemoveStalePID(dir), RemoveStalePID(dir)); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != "PG_VERSION" || left[1].Name() != "standby.signal" {
		t.Errorf("left: %v, %v", left, err)
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
