package provision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
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

func TestADelayIsWrittenAndTakenAwayAgain(t *testing.T) {
	f, _ := newPlaced(t)
	s := Standby{Node: f.Node, Dir: f.Dir}
	path := filepath.Join(f.Dir, pgconf.AutoFile)
	delay := func(of string) string {
		t.Helper()
		if err := f.Node.Config.ApplyDelay.Decode(of); err != nil {
			t.Fatal(err)
		}
		if err := s.WriteDelay(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		value, _ := pgconf.Setting(string(text), "recovery_min_apply_delay")
		return value
	}
	const theirs = "recovery_min_apply_delay = '7s'\nwork_mem = '8MB'\n"
	put(t, path, theirs)
	if got := delay("0"); got != "7s" {
		t.Errorf("APPLY_DELAY is not set, and somebody's own delay is now %q", got)
	}
	if got := delay("1h"); got != "3600000ms" || !f.Node.Record.Delayed {
		t.Errorf("APPLY_DELAY=1h: got %q, recorded %v", got, f.Node.Record.Delayed)
	}
	if record := pgdata.ReadRecord(f.Node.Volume.State); !record.Delayed {
		t.Error("a start that is killed now leaves a delay that no later one takes away")
	}
	if got := delay("0"); got != "" || f.Node.Record.Delayed {
		t.Errorf("APPLY_DELAY is unset again: got %q, recorded %v", got, f.Node.Record.Delayed)
	}
}

func TestACopyBecomesAStandbyOfItsUpstream(t *testing.T) {
	f, _ := newPlaced(t)
	f.Node.Mode, f.Node.Slot = pg.Standby, "db2"
	f.Node.Config.MasterServer, f.Node.Config.MasterPort, f.Node.Config.ReplicationUser = "db1", 5433, "replicator"
	put(t, filepath.Join(f.Dir, pgconf.AutoFile), "synchronous_standby_names = 'db3'\nprimary_slot_name = 'old'\n")
	if err := (Standby{Node: f.Node, Dir: f.Dir}).Make(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(f.Dir, pgconf.AutoFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"primary_slot_name": "db2", "cluster_name": "db2", "recovery_target_timeline": "latest", "synchronous_standby_names": ""} {
		if got, _ := pgconf.Setting(string(text), name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	conninfo, _ := pgconf.Setting(string(text), "primary_conninfo")
	if !strings.Contains(conninfo, "db1") || !strings.Contains(conninfo, "5433") || strings.Contains(conninfo, "password=") {
		t.Errorf("primary_conninfo is %q", conninfo)
	}
	if !isThere(f, "standby.signal") {
		t.Error("there is no standby.signal")
	}
}

// TestACopyIsNoStandbyBeforeItKnowsWhomToFollow has no place for the file that says
// so: a standby that follows nobody would never say what is wrong.
func TestACopyIsNoStandbyBeforeItKnowsWhomToFollow(t *testing.T) {
	f, _ := newPlaced(t)
	f.Node.Mode, f.Node.Slot, f.Node.Config.MasterServer = pg.Standby, "db2", "db1"
	_ = os.Remove(filepath.Join(f.Dir, pgconf.AutoFile))
	place(t, filepath.Join(f.Dir, pgconf.AutoFile+".pgreplica-new", "in the way"), "")
	if err := (Standby{Node: f.Node, Dir: f.Dir}).Make(); err == nil {
		t.Fatal("it was written all the same")
	}
	if isThere(f, "standby.signal") {
		t.Error("there is a standby.signal")
	}
}
