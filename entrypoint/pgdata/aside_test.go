package pgdata

import (
	"pgreplica/integration/realpg"

	"os"
	"path/filepath"
	"testing"
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
