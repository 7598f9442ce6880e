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

func TestALinkIntoTheContainersLayerIsNamed(t *testing.T) {
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
