package pgdata

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgreplica/integration/realpg"
)

func TestTheClusterThatWasSetAsideLastIsKnown(t *testing.T) {
	l := volume(t, false)
	if id := AsideID(l); id != 0 {
		t.Errorf("nothing was set aside: %s", id)
	}
	if _, err := SetAside(l, moment); err != nil {
		t.Fatal(err)
	}
	if id := AsideID(l); id != 0 {
		t.Errorf("its pg_control cannot be read: %s", id)
	}
	c := realpg.New(t)
	if err := os.Rename(c.Dir, filepath.Join(l.Old, "data_old-20261123T200001Z")); err != nil {
		t.Fatal(err)
	}
	if id := AsideID(l); id == 0 {
		t.Error("a cluster that was set aside is not known")
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
