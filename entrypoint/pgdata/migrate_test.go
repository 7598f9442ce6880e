package pgdata

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"pgreplica/entrypoint/pg"
)

// oldVolume has a cluster at its root, with state and data that was set aside.
func oldVolume(t *testing.T) (from, to Layout) {
	t.Helper()
	root := t.TempDir()
	fill(t, root, "old")
	to = Below(filepath.Join(root, "pgdata"))
	from = locate(to.Dir, []byte("30 22 254:0 / "+root+" rw - ext4 /dev/vda rw\n"))
	fill(t, filepath.Join(from.State, "data_old-20260101T000000Z"), "older")
	state := ReadRecord(from.State).State
	state.NodeID = "0123456789ab"
	if err := writeState(from.State, state); err != nil {
		t.Fatal(err)
	}
	return from, to
}

func checkMigrated(t *testing.T, to Layout) {
	t.Helper()
	if !whole(to.Dir, "old") {
		t.Error("the cluster is not whole in its new place")
	}
	if !whole(filepath.Join(to.Old, "data_old-20260101T000000Z"), "older") {
		t.Error("data that was set aside is gone")
	}
	if state, err := readState(to.State); err != nil || state.NodeID != "0123456789ab" {
		t.Errorf("state %+v, %v", state, err)
	}
	entries, _ := os.ReadDir(to.Old)
	if len(entries) != 3 { // .pgreplica, data_old-…, pgdata
		t.Errorf("the root holds %v", entries)
	}
	if found := locate(to.Dir, nil); found.Dir != to.Dir || found.TwoLayouts {
		t.Errorf("found %+v", found)
	}
}

func TestAClusterMovesBelowTheRoot(t *testing.T) {
	from, to := oldVolume(t)
	if from.Dir != to.Old || !from.Fixed {
		t.Fatalf("found %+v", from)
	}
	if err := Migrate(from, to); err != nil {
		t.Fatal(err)
	}
	checkMigrated(t, to)
}

// TestACutShortMigrationIsFinished stops after each rename and lets the next
// start, which has only PGDATA to go by, go on.
func TestACutShortMigrationIsFinished(t *testing.T) {
	for steps := range 8 {
		t.Run(strconv.Itoa(steps), func(t *testing.T) {
			from, to := oldVolume(t)
			migrateUntil(t, from, to, steps)
			for _, dir := range []string{to.Old, to.Dir} {
				if steps > 0 && isFile(filepath.Join(dir, "PG_VERSION")) && !whole(dir, "old") {
					t.Errorf("%s could be started", dir)
				}
			}
			found := locate(to.Dir, []byte("30 22 254:0 / "+to.Old+" rw - ext4 /dev/vda rw\n"))
			if found.Dir != to.Dir || found.State != to.State {
				t.Fatalf("found %+v", found)
			}
			if err := Resume(found); err != nil {
				t.Fatal(err)
			}
			checkMigrated(t, to)
		})
	}
}

// migrateUntil renames as Migrate does, and stops after so many.
func migrateUntil(t *testing.T, from, to Layout, steps int) {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.Mkdir(to.State, 0o700))
	check(writeState(to.State, ReadRecord(from.State).State))
	j := Journal{Format: stateFormat, Phase: pg.Migrate, Staging: "migrate-0123456789ab"}
	check(j.write(to))
	parked := j.Staged(to)
	move := func(from, to string) {
		if steps > 0 {
			check(os.Rename(from, to))
		}
		steps--
	}
	if steps > 0 {
		mkdir(t, parked)
		mkdir(t, to.Dir)
	}
	move(filepath.Join(to.Old, "PG_VERSION"), filepath.Join(parked, "PG_VERSION"))
	for _, name := range []string{"base", "global", "pg_wal", "postgresql.conf"} {
		move(filepath.Join(to.Old, name), filepath.Join(to.Dir, name))
	}
	move(filepath.Join(from.State, "data_old-20260101T000000Z"), filepath.Join(to.Old, "data_old-20260101T000000Z"))
	move(filepath.Join(parked, "PG_VERSION"), filepath.Join(to.Dir, "PG_VERSION"))
}
