package pgdata

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

var moment = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)

// volume makes a layout with an old cluster in place and a new one in staging.
func volume(t *testing.T, mountPoint bool) Layout {
	t.Helper()
	root := t.TempDir()
	l := Layout{Dir: filepath.Join(root, "pgdata"), Old: root, State: filepath.Join(root, ".pgreplica")}
	if mountPoint {
		l = Layout{Dir: root, State: filepath.Join(root, stateInside), Old: filepath.Join(root, stateInside), Fixed: true}
	}
	mkdir(t, l.State)
	fill(t, l.Dir, "old")
	journal, err := Begin(l, "clone")
	if err != nil {
		t.Fatal(err)
	}
	fill(t, journal.Staged(l), "new")
	return l
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

// fill makes something like a cluster whose every file says whose it is.
func fill(t *testing.T, dir, whose string) {
	t.Helper()
	for _, name := range []string{"PG_VERSION", "base/1/1255", "global/pg_control", "pg_wal/000000010000000000000001", "postgresql.conf"} {
		mkdir(t, filepath.Dir(filepath.Join(dir, name)))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(whose), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// whole says whether dir holds that cluster, complete and unmixed.
func whole(dir, whose string) bool {
	for _, name := range []string{"PG_VERSION", "base/1/1255", "global/pg_control", "pg_wal/000000010000000000000001", "postgresql.conf"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != whose {
			return false
		}
	}
	return true
}

func layouts(t *testing.T, run func(t *testing.T, mountPoint bool)) {
	t.Run("below the mount", func(t *testing.T) { run(t, false) })
	t.Run("at the mount", func(t *testing.T) { run(t, true) })
}

func checkSwapped(t *testing.T, l Layout) {
	t.Helper()
	if !whole(l.Dir, "new") {
		t.Error("the new data is not in place")
	}
	if !whole(filepath.Join(l.Old, "data_old-20261123T200000Z"), "old") {
		t.Error("the old data is not whole")
	}
	if j, err := ReadJournal(l); err != nil || j.Phase != pg.NoChange {
		t.Errorf("journal %+v, error %v", j, err)
	}
}

func TestOldDataIsKeptAndNewDataMovesIn(t *testing.T) {
	layouts(t, func(t *testing.T, mountPoint bool) {
		l := volume(t, mountPoint)
		if _, err := SetAside(l, moment); err != nil {
			t.Fatal(err)
		}
		if err := MoveIn(l); err != nil {
			t.Fatal(err)
		}
		checkSwapped(t, l)
	})
}

// TestACutShortSwapIsFinished stops after each rename of the way and lets the
// next start go on.
func TestACutShortSwapIsFinished(t *testing.T) {
	layouts(t, func(t *testing.T, mountPoint bool) {
		for step := range 12 {
			t.Run(strconv.Itoa(step), func(t *testing.T) {
				l := volume(t, mountPoint)
				swapUntil(t, l, step)
				if step := halfMixed(l); step != "" {
					t.Fatal(step)
				}
				if err := Resume(l); err != nil {
					t.Fatal(err)
				}
				checkSwapped(t, l)
			})
		}
	})
}

// swapUntil renames as SetAside and MoveIn do, and stops after so many.
func swapUntil(t *testing.T, l Layout, steps int) {
	t.Helper()
	j, err := ReadJournal(l)
	if err != nil {
		t.Fatal(err)
	}
	j.Phase, j.Aside = pg.Evacuate, "data_old-20261123T200000Z"
	aside := filepath.Join(l.Old, j.Aside)
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(j.write(l))
	move := func(from, to string) {
		if steps > 0 {
			check(os.Rename(from, to))
		}
		steps--
	}
	if !l.Fixed {
		move(l.Dir, aside)
		if steps >= 0 {
			j.Phase = pg.Install
			check(j.write(l))
		}
		if steps > 0 {
			move(j.Staged(l), l.Dir)
		}
		return
	}
	check(os.Mkdir(aside, 0o700))
	names := []string{"PG_VERSION", "base", "global", "pg_wal", "postgresql.conf"}
	for _, name := range names {
		move(filepath.Join(l.Dir, name), filepath.Join(aside, name))
	}
	if steps < 0 {
		return
	}
	j.Phase = pg.Install
	check(j.write(l))
	for _, name := range append(names[1:], names[0]) {
		move(filepath.Join(j.Staged(l), name), filepath.Join(l.Dir, name))
	}
}

// halfMixed says what is wrong where the data directory would be taken for a
// cluster without being one of the two.
func halfMixed(l Layout) string {
	if isFile(filepath.Join(l.Dir, "PG_VERSION")) && !whole(l.Dir, "old") && !whole(l.Dir, "new") {
		return "PG_VERSION stands in a mixture of two clusters"
	}
	return ""
}
