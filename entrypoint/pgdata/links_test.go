package pgdata

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// lead makes a link that leads to a folder with a file in it.
func lead(t *testing.T, path, target string) {
	t.Helper()
	mkdir(t, target)
	mkdir(t, filepath.Dir(path))
	if err := errors.Join(os.WriteFile(filepath.Join(target, "file"), []byte("12345"), 0o600), os.RemoveAll(path), os.Symlink(target, path)); err != nil {
		t.Fatal(err)
	}
}

func isThere(paths ...string) (found []bool) {
	for _, path := range paths {
		_, err := os.Stat(path)
		found = append(found, err == nil)
	}
	return found
}

// spread gives the staged data of a volume a tablespace and WAL of its own.
func spread(t *testing.T, l Layout) (staged Journal, wal Layout) {
	t.Helper()
	l.WALDir = t.TempDir()
	staged, err := Begin(l, "clone")
	if err != nil {
		t.Fatal(err)
	}
	fill(t, staged.Staged(l), "new")
	lead(t, filepath.Join(staged.Staged(l), "pg_tblspc", "16384"), filepath.Join(staged.Tablespaces(l), "16384"))
	lead(t, filepath.Join(staged.Staged(l), "pg_wal"), staged.WAL)
	return staged, l
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

func TestWALIsNotPutIntoTheDataDirectory(t *testing.T) {
	l := volume(t, true)
	l.WALDir = filepath.Join(l.Dir, "wal")
	if _, err := Begin(l, "init"); err == nil {
		t.Error("began")
	}
}

func TestOldDataIsNamedWithWhatGoesWithIt(t *testing.T) {
	l := volume(t, false)
	root := filepath.Dir(l.State)
	wal, ts := filepath.Join(t.TempDir(), "clone-00112233aabb"), filepath.Join(l.State, tablespaces, "clone-00112233aabb")
	lead(t, filepath.Join(l.Dir, "pg_wal"), wal)
	lead(t, filepath.Join(l.Dir, "pg_tblspc", "1"), filepath.Join(ts, "1"))
	lead(t, filepath.Join(l.Dir, "pg_tblspc", "2"), filepath.Join(ts, "2"))
	lead(t, filepath.Join(l.Dir, "pg_tblspc", "3"), filepath.Join(root, "the user's"))
	lead(t, filepath.Join(l.Dir, "pg_tblspc", "4"), t.TempDir())                   // another volume's
	lead(t, filepath.Join(l.Dir, "pg_tblspc", "5"), filepath.Join(root, "shared")) // the new cluster needs it too
	dir, err := SetAside(l, moment)
	if err != nil {
		t.Fatal(err)
	}
	if err := MoveIn(l); err != nil {
		t.Fatal(err)
	}
	lead(t, filepath.Join(l.Dir, "pg_tblspc", "6"), filepath.Join(root, "shared", "new"))
	want := Aside{dir, wal, ts, filepath.Join(root, "the user's")}
	all := Whole(l, dir)
	if !slices.Equal(all, want) {
		t.Fatalf("got %q, want %q", all, want)
	}
	bytes, _ := all.Size(1 << 40)
	if alone, _ := (Aside{dir}).Size(1 << 40); bytes != alone+4*5 {
		t.Errorf("got %d bytes, %d of them in the data directory", bytes, alone)
	}
}

func TestALinkIntoTheContainerIsTold(t *testing.T) {
	dir, layer, mounted := t.TempDir(), t.TempDir(), t.TempDir()
	lead(t, filepath.Join(dir, "pg_tblspc", "1"), layer)
	lead(t, filepath.Join(dir, "pg_tblspc", "2"), filepath.Join(mounted, "ts"))
	lead(t, filepath.Join(dir, "pg_tblspc", "3"), filepath.Join(layer, "gone"))
	if err := os.RemoveAll(filepath.Join(layer, "gone")); err != nil {
		t.Fatal(err)
	}
	mountinfo := "22 1 0:30 / / rw - overlay overlay rw\n30 22 254:0 /ts " + mounted + " rw - ext4 /dev/vda rw\n"
	if got := inLayer(links(dir), []byte(mountinfo)); !slices.Equal(got, []string{layer}) {
		t.Errorf("got %q, want %q", got, layer)
	}
}

func TestACopysTablespacesAreWhereTheyWereSent(t *testing.T) {
	j, l := spread(t, volume(t, false))
	if got := Astray(j.Staged(l), j.Tablespaces(l)); got != "" {
		t.Errorf("astray: %s", got)
	}
	lead(t, filepath.Join(j.Staged(l), "pg_tblspc", "16385"), t.TempDir())
	if got := Astray(j.Staged(l), j.Tablespaces(l)); got == "" {
		t.Error("a link that leads elsewhere was not found")
	}
}

// TestAMigrationLeavesWhatLinksLeadTo moves a cluster that has a tablespace of
// a copy's, one that its user keeps at the root of the volume, and WAL there.
func TestAMigrationLeavesWhatLinksLeadTo(t *testing.T) {
	from, to := oldVolume(t)
	targets := map[string]string{
		"pg_tblspc/16384": filepath.Join(from.State, tablespaces, "clone-0123456789ab", "16384"),
		"pg_tblspc/16385": filepath.Join(to.Old, "the user's"),
		"pg_wal":          filepath.Join(to.Old, "wal", "init-0123456789ab"),
	}
	for name, target := range targets {
		lead(t, filepath.Join(to.Old, name), target)
	}
	if err := Migrate(from, to); err != nil {
		t.Fatal(err)
	}
	for name := range targets {
		if _, err := os.Stat(filepath.Join(to.Dir, name, "file")); err != nil {
			t.Errorf("the link leads nowhere: %v", err)
		}
	}
	if missing := missingLink(to.Dir); missing != "" {
		t.Errorf("missing: %s", missing)
	}
	if left := isThere(filepath.Join(to.Dir, "the user's"), filepath.Join(to.Dir, "wal")); slices.Contains(left, true) {
		t.Errorf("moved: tablespace, WAL: %v", left)
	}
	if found := locate(to.Dir, []byte("30 22 254:0 / "+to.Old+" rw - ext4 /dev/vda rw\n")); found.Dir != to.Dir {
		t.Errorf("found %+v", found)
	}
}

func TestOnlyWALThatLiesOutsideHasAFolder(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, "new")
	if got := WALFolder(dir); got != "" {
		t.Errorf("got %s for a folder of its own", got)
	}
	outside := t.TempDir()
	lead(t, filepath.Join(dir, "pg_wal"), outside)
	if got := WALFolder(dir); got != outside {
		t.Errorf("got %s, want %s", got, outside)
	}
	if err := os.RemoveAll(outside); err != nil {
		t.Fatal(err)
	}
	if got := WALFolder(dir); got != "" {
		t.Errorf("got %s for a link that leads nowhere", got)
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
