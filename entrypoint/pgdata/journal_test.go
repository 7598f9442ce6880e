package pgdata

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAJournalCannotPointElsewhere(t *testing.T) {
	for _, text := range []string{
		`{"format":1,"phase":"staging","staging":"../pgdata"}`,
		`{"format":1,"phase":"staging","staging":"/etc"}`,
		`{"format":1,"phase":"staging","staging":".."}`,
		`{"format":1,"phase":"staging","staging":""}`,
		`{"format":1,"phase":"staging","staging":"data_old-20261123T200000Z"}`,
		`{"format":1,"phase":"staging","staging":"state.json"}`,
		`{"format":1,"phase":"staging","staging":"clone-0123456789ab/.."}`,
		`{"format":1,"phase":"evacuate","staging":"clone-0123456789ab","aside":"../../x"}`,
		`{"format":1,"phase":"evacuate","staging":"clone-0123456789ab","aside":"pgdata"}`,
		`{"format":1,"phase":"evacuate","staging":"clone-0123456789ab"}`,
		`{"format":1,"phase":"staging","staging":"clone-0123456789ab","wal":"/"}`,
		`{"format":1,"phase":"staging","staging":"clone-0123456789ab","wal":"/etc"}`,
		`{"format":1,"phase":"staging","staging":"clone-0123456789ab","wal":"clone-0123456789ab"}`,
		`{"format":1,"phase":"staging","staging":"clone-0123456789ab","wal":"/a/../clone-0123456789ab"}`,
		`{"format":1,"phase":"erase","staging":"clone-0123456789ab"}`,
		`{"format":2,"phase":"staging","staging":"clone-0123456789ab"}`,
		`{"format":1,"phase":"sta`,
		``,
	} {
		l := volume(t, false)
		if err := os.WriteFile(filepath.Join(l.State, "journal.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadJournal(l); err == nil || !strings.Contains(err.Error(), "journal.json") {
			t.Errorf("%s: got error %v", text, err)
		}
		if err := Discard(l); err == nil {
			t.Errorf("%s: discarded", text)
		}
		if !whole(l.Dir, "old") {
			t.Errorf("%s: the old data is gone", text)
		}
	}
}

func FuzzJournal(f *testing.F) {
	f.Add(`{"format":1,"phase":"staging","staging":"clone-0123456789ab"}`)
	f.Add(`{"format":1,"phase":"evacuate","staging":"clone-0123456789ab","aside":"data_old-20261123T200000Z"}`)
	f.Add(`{"format":1,"phase":"staging","staging":"a/../.."}`)
	f.Add(`{"format":1,"phase":"staging","staging":"clone-0123456789ab","wal":"/w/clone-0123456789ab"}`)
	f.Fuzz(func(t *testing.T, text string) {
		root := t.TempDir()
		l := Layout{Dir: filepath.Join(root, "pgdata"), Old: root, State: filepath.Join(root, ".pgreplica")}
		mkdir(t, l.State)
		if err := os.WriteFile(filepath.Join(l.State, "journal.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := ReadJournal(l)
		if err != nil {
			return
		}
		if filepath.Dir(j.Staged(l)) != l.State || j.Aside != "" && filepath.Dir(filepath.Join(l.Old, j.Aside)) != l.Old {
			t.Errorf("%q leads to %s and %s", text, j.Staged(l), j.Aside)
		}
		if filepath.Dir(filepath.Dir(j.Tablespaces(l))) != l.State || j.WAL != "" && !generated(filepath.Base(j.WAL)) {
			t.Errorf("%q leads to %s and %s", text, j.Tablespaces(l), j.WAL)
		}
	})
}

func TestWALIsNotPutIntoTheDataDirectory(t *testing.T) {
	l := volume(t, true)
	l.WALDir = filepath.Join(l.Dir, "wal")
	if _, err := Begin(l, "init"); err == nil {
		t.Error("began")
	}
}
