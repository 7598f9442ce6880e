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

func TestAStartThatComesNoFurtherIsNotWaitedFor(t *testing.T) {
	for _, c := range []struct {
		title, text, began string
		noted              time.Duration
		want               bool
	}{
		{"a copy that goes on", "7\ncopying the primary: 43 %\n", "100", time.Minute, false},
		{"a copy that stands still", "7\ncopying the primary: 43 %\n", "100", time.Hour, true},
		{"scripts that take hours", "7\nrunning dump.sql\n", "100", time.Hour, false},
		{"a primary that is on its way", "7\nwaiting for the primary: x\n", "95000", 0, false},
		{"a primary that does not come", "7\nwaiting for the primary: x\n", "10000", 0, true},
		{"a start of which nothing is known", "8\nwaiting for the primary: x\n", "10000", 0, false},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "doing")
		place(t, file, c.text)
		place(t, filepath.Join(dir, "uptime"), "1000.00 2000.00\n")
		place(t, filepath.Join(dir, "7", "stat"), "7 (pg) replica) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 "+c.began+" 9\n")
		then := time.Now().Add(-c.noted)
		if err := os.Chtimes(file, then, then); err != nil {
			t.Fatal(err)
		}
		if got := stalled(file, dir); got != c.want {
			t.Errorf("%s: got %v", c.title, got)
		}
	}
}

func TestAServerWasReadyOnlySinceItsOwnStart(t *testing.T) {
	dir := t.TempDir()
	doing, ready := filepath.Join(dir, "doing"), filepath.Join(dir, "ready")
	place(t, doing, "7\nlooking at the volume\n")
	if isLater(ready, doing) {
		t.Error("it was never ready")
	}
	place(t, ready, "")
	for _, c := range []struct {
		age  time.Duration
		want bool
	}{{time.Minute, true}, {-time.Minute, false}} {
		then := time.Now().Add(-c.age)
		if err := os.Chtimes(doing, then, then); err != nil {
			t.Fatal(err)
		}
		if got := isLater(ready, doing); got != c.want {
			t.Errorf("a start %s ago: got %v", c.age, got)
		}
	}
}

func TestWhenASlotWasReadIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "read")
	if got := lastRead(file); len(got) != 0 {
		t.Errorf("got %v of nothing", got)
	}
	place(t, file, "db1 1795482123\ndb2 x\n\ndb3 1795482000\n")
	got := lastRead(file)
	if len(got) != 2 || got["db1"].Unix() != 1795482123 || got["db3"].Unix() != 1795482000 {
		t.Errorf("got %v", got)
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
