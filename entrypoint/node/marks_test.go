package node

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

func TestWhatAStartDoesIsFoundWhileItRuns(t *testing.T) {
	for _, c := range []struct {
		title, text, comm string
		age               time.Duration
		want              string
		found             bool
	}{
		{"a start that copies", "7\ncopying the primary: 43 % of 12.0 GiB\n", "pgreplica\n", 0, "copying the primary: 43 % of 12.0 GiB", true},
		{"one that has said so for long", "7\nverifying the copy\n", "pgreplica\n", 3 * time.Minute, "verifying the copy, for 3m0s", true},
		{"one that is writing", "7\nverif", "pgreplica\n", 0, "preparing the server", true},
		{"one that became postgres", "7\nlooking at the volume\n", "postgres\n", 0, "", false},
		{"one that ended", "7\nlooking at the volume\n", "", 0, "", false},
		{"a file of nobody's", "../self\nx\n", "pgreplica\n", 0, "", false},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "doing")
		place(t, file, c.text)
		if c.comm != "" {
			place(t, filepath.Join(dir, "7", "comm"), c.comm)
		}
		then := time.Now().Add(-c.age)
		if err := os.Chtimes(file, then, then); err != nil {
			t.Fatal(err)
		}
		if got, found := underWay(file, dir); got != c.want || found != c.found {
			t.Errorf("%s: got %q, %v, want %q, %v", c.title, got, found, c.want, c.found)
		}
	}
	if _, found := underWay(filepath.Join(t.TempDir(), "doing"), "/proc"); found {
		t.Error("found where nothing was said")
	}
}

func place(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReplayHasMovedOnlyWhereALookSawIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "replayed")
	for i, c := range []struct {
		to    pg.LSN
		moved bool
	}{{100, false}, {100, false}, {200, true}, {200, true}, {300, true}} {
		if since, moved := replayed(file, c.to); moved != c.moved || moved && since > time.Minute {
			t.Errorf("look %d: got %s, %v, want %v", i, since, moved, c.moved)
		}
	}
}
