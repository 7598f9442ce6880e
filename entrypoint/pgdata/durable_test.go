package pgdata

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgreplica/integration/apart"
)

// durably are the system calls that say what a power cut leaves.
const durably = "fsync,syncfs,?rename,?renameat,renameat2,?mkdir,mkdirat,?unlink,unlinkat"

func TestAFileIsOnTheDiskBeforeItIsInPlace(t *testing.T) {
	root := t.TempDir()
	calls := apart.Calls(t, root, "fsync,?rename,?renameat,renameat2", func() {
		if err := WriteFile(filepath.Join(root, "state.json"), "new"); err != nil {
			t.Error(err)
		}
	})
	want := []string{"fsync state.json.pgreplica-new", "rename state.json.pgreplica-new state.json", "fsync ."}
	if !slices.Equal(calls, want) {
		t.Errorf("got %q, want %q", calls, want)
	}
}

func TestAFileIsForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "postgresql.auto.conf")
	if err := WriteFile(path, "primary_conninfo = ''"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

func TestACopyIsOnTheDiskWithItsWAL(t *testing.T) {
	root := t.TempDir()
	data, wal := filepath.Join(root, "data"), filepath.Join(root, "wal")
	if err := errors.Join(os.Mkdir(data, 0o700), os.Mkdir(wal, 0o700), os.Symlink(wal, filepath.Join(data, "pg_wal"))); err != nil {
		t.Fatal(err)
	}
	calls := apart.Calls(t, root, "syncfs", func() {
		if err := SyncAll(data); err != nil {
			t.Error(err)
		}
	})
	if want := []string{"syncfs data", "syncfs wal"}; !slices.Equal(calls, want) {
		t.Errorf("got %q, want %q", calls, want)
	}
}

// TestAPowerCutLeavesNoPartOfACluster records the system calls of each way of moving
// a cluster. At every one of them PG_VERSION is in no data directory that other
// entries leave or reach, and what was moved is on the disk before anything counts
// on it.
func TestAPowerCutLeavesNoPartOfACluster(t *testing.T) {
	below, mount := volume(t, false), volume(t, true)
	from, to := oldVolume(t)
	calls := apart.Calls(t, filepath.Dir(below.Old), durably, func() {
		_, errBelow := SetAside(below, moment)
		_, errMount := SetAside(mount, moment)
		if err := errors.Join(errBelow, MoveIn(below), errMount, MoveIn(mount), Migrate(from, to)); err != nil {
			t.Error(err)
		}
	})
	moved := 0
	disk := disk{t: t, has: firstPlaces(calls), unsynced: map[string]string{}}
	for _, call := range calls {
		words := strings.Fields(call)
		switch {
		case words[0] == "rename":
			disk.rename(words[1], words[2])
			moved++
		case words[0] == "fsync":
			delete(disk.unsynced, words[1])
		case strings.HasPrefix(words[0], "mkdir"):
			disk.unsynced[filepath.Dir(words[1])] = words[1]
		case filepath.Base(words[1]) == "journal.json":
			disk.settled("the journal goes")
		}
	}
	if disk.settled("the end"); moved < 20 {
		t.Errorf("%d renames are not all:\n%s", moved, strings.Join(calls, "\n"))
	}
}

// firstPlaces are the folders that PG_VERSION is moved out of first.
func firstPlaces(calls []string) map[string]bool {
	left, reached := map[string]bool{}, map[string]bool{}
	for _, call := range calls {
		if words := strings.Fields(call); words[0] == "rename" && filepath.Base(words[1]) == "PG_VERSION" {
			left[filepath.Dir(words[1])] = !reached[filepath.Dir(words[1])]
			reached[filepath.Dir(words[2])] = true
		}
	}
	return left
}

// A disk is what a power cut would find.
type disk struct {
	t        *testing.T
	has      map[string]bool   // whether a folder has a PG_VERSION
	unsynced map[string]string // what was moved or made last, by the folder that would have to be synced
}

func (d *disk) rename(from, to string) {
	source, target := filepath.Dir(from), filepath.Dir(to)
	version := filepath.Base(from) == "PG_VERSION"
	switch {
	case version || filepath.Base(to) == "journal.json":
		d.settled("rename " + from + " " + to)
	case source != target && (d.startable(source) || d.startable(target)):
		d.t.Errorf("%s moves to %s, and there is a PG_VERSION", from, to)
	case source != target && filepath.Base(d.unsynced[source]) == "PG_VERSION":
		d.t.Errorf("%s moves, and it is not on the disk that PG_VERSION has moved", from)
	}
	if version {
		d.has[source], d.has[target] = false, true
	}
	d.unsynced[source], d.unsynced[target] = from, to
}

// startable says whether a server could be started on a folder. In the state
// directory nobody starts one.
func (d *disk) startable(folder string) bool {
	return d.has[folder] && !strings.Contains(folder, "pgreplica")
}

// settled checks that all that was done is on the disk.
func (d *disk) settled(before string) {
	for folder, what := range d.unsynced {
		d.t.Errorf("%s: %s in %s is not on the disk before", before, what, folder)
	}
}

func TestTheEndOfAChangeIsOnTheDisk(t *testing.T) {
	root := t.TempDir()
	l := Below(filepath.Join(root, "pgdata"))
	mkdir(t, l.State)
	if _, err := Begin(l, "clone"); err != nil {
		t.Fatal(err)
	}
	calls := apart.Calls(t, root, "fsync,?unlink,unlinkat", func() {
		if err := Discard(l); err != nil {
			t.Error(err)
		}
	})
	if last := strings.Join(calls[max(0, len(calls)-2):], ", "); last != "unlinkat .pgreplica/journal.json, fsync .pgreplica" {
		t.Errorf("got %q", calls)
	}
}
