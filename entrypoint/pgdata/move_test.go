package pgdata

import (
	"path/filepath"
	"testing"
)

func TestARenameNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"from", "to"} {
		mkdir(t, filepath.Join(dir, name))
	}
	if err := rename(filepath.Join(dir, "from"), filepath.Join(dir, "to")); err == nil {
		t.Error("renamed over an empty directory")
	}
}
