package pgdata

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestStagingIsThrownAwayAndNothingElse(t *testing.T) {
	layouts(t, func(t *testing.T, mountPoint bool) {
		l := volume(t, mountPoint)
		j, _ := ReadJournal(l)
		if err := Discard(l); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(j.Staged(l)); err == nil {
			t.Error("staging is still there")
		}
		if !whole(l.Dir, "old") {
			t.Error("the old data is gone")
		}
	})
}

func TestAnInstallIsNeverThrownAway(t *testing.T) {
	l := volume(t, false)
	if _, err := SetAside(l, moment); err != nil {
		t.Fatal(err)
	}
	if err := Discard(l); err == nil {
		t.Error("threw away the only new data while the old was set aside")
	}
}

func TestNewDataIsThrownAwayWithItsTablespacesAndItsWAL(t *testing.T) {
	layouts(t, func(t *testing.T, mountPoint bool) {
		j, l := spread(t, volume(t, mountPoint))
		mkdir(t, filepath.Join(l.WALDir, "init-0123456789ab"))
		mkdir(t, filepath.Join(l.State, tablespaces, "clone-0123456789ab", "16384"))
		if err := Discard(l); err != nil {
			t.Fatal(err)
		}
		if left := isThere(j.Staged(l), j.Tablespaces(l), j.WAL); slices.Contains(left, true) {
			t.Errorf("left: staging, tablespaces, WAL: %v", left)
		}
		if kept := isThere(filepath.Join(l.WALDir, "init-0123456789ab"), filepath.Join(l.State, tablespaces, "clone-0123456789ab", "16384"), l.Dir); slices.Contains(kept, false) {
			t.Errorf("kept: another's WAL, another's tablespaces, the data directory: %v", kept)
		}
	})
}

func TestAJournalRemovesNoWALOutsideItsFolder(t *testing.T) {
	j, l := spread(t, volume(t, false))
	l.WALDir = t.TempDir() // as after the variable was changed, or the journal was edited
	if err := Discard(l); err == nil {
		t.Error("discarded")
	}
	if kept := isThere(j.WAL, j.Staged(l)); slices.Contains(kept, false) {
		t.Errorf("kept: WAL, staging: %v", kept)
	}
	if err := os.RemoveAll(j.WAL); err != nil {
		t.Fatal(err)
	}
	if err := Discard(l); err != nil {
		t.Errorf("nothing is left to be afraid for: %v", err)
	}
}

func TestAFirstClusterHasTheWholeWALFolder(t *testing.T) {
	l := volume(t, false)
	l.WALDir = t.TempDir()
	j, err := Begin(l, "init")
	if err != nil || j.WAL != l.WALDir {
		t.Fatalf("got %q and %v, want %s", j.WAL, err, l.WALDir)
	}
	wal := []string{"000000010000000000000001", "000000010000000000000002.partial", "xlogtemp.33", "archive_status", "summaries"}
	for _, name := range append(wal, "clone-0123456789ab", "mine.txt") {
		mkdir(t, filepath.Join(l.WALDir, name))
	}
	if err := Discard(l); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(l.WALDir + "/*")
	if want := []string{filepath.Join(l.WALDir, "clone-0123456789ab"), filepath.Join(l.WALDir, "mine.txt")}; !slices.Equal(left, want) {
		t.Errorf("left %q, want %q", left, want)
	}
	if j, err := Begin(l, "init"); err != nil || filepath.Dir(j.WAL) != l.WALDir {
		t.Errorf("a folder that is not empty: got %q and %v, want a folder in it", j.WAL, err)
	}
}

func TestTheWALOfAClusterIsNotTakenForUnfinished(t *testing.T) {
	for name, of := range map[string]func(Layout) string{
		"the data directory": func(l Layout) string { return l.Dir },
		"data set aside":     func(l Layout) string { return filepath.Join(l.Old, "data_old-20260101T000000Z") },
	} {
		l := volume(t, false)
		l.WALDir = t.TempDir()
		if _, err := Begin(l, "init"); err != nil {
			t.Fatal(err)
		}
		segment := filepath.Join(l.WALDir, "000000010000000000000001")
		mkdir(t, segment)
		mkdir(t, of(l))
		if err := os.RemoveAll(filepath.Join(of(l), "pg_wal")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(l.WALDir, filepath.Join(of(l), "pg_wal")); err != nil {
			t.Fatal(err)
		}
		if err := Discard(l); err == nil || !isThere(segment)[0] {
			t.Errorf("%s: got %v, and the segment is there: %v", name, err, isThere(segment))
		}
	}
}
