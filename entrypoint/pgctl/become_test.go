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
