package provision

import (
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/plan"
)

func TestWhatFollowingLeavesOutIsNoEdit(t *testing.T) {
	f, _ := newPlaced(t)
	at := filepath.Join(f.Node.Config.ConfigDir, pgconf.ConfFile)
	put(t, at, "work_mem = 8MB\ncluster_name = 'boss'\n")
	placeAll(t, f)
	f.Node.Mode, f.Node.Config.MasterServer, f.Node.Slot = pg.Standby, "db1", "db2"
	if err := (Standby{Node: f.Node, Dir: f.Dir}).MakeInPlace(); err != nil {
		t.Fatal(err)
	}
	if got := users(t, f, pgconf.ConfFile); !strings.Contains(got, "#pgreplica: only the primary's: cluster_name") {
		t.Fatalf("the former primary's file is\n%s", got)
	}
	if got := placeAll(t, f)[0].verdict; got != plan.InPlace {
		t.Errorf("got %s, want %s", got, plan.InPlace)
	}
	put(t, at, "work_mem = 9MB\n")
	if placeAll(t, f); users(t, f, pgconf.ConfFile) != "work_mem = 9MB\n" {
		t.Errorf("the changed file is not in place:\n%s", users(t, f, pgconf.ConfFile))
	}
}
