package pgdata

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"pgreplica/entrypoint/pg"
)

// SetAside moves what the data directory holds to data_old-<time>, by rename,
// and returns where it went. PG_VERSION goes first, so that nothing can start
// what is left.
func SetAside(l Layout, now time.Time) (string, error) {
	j, err := ReadJournal(l)
	if err != nil {
		return "", err
	}
	if j.Phase == pg.Staging {
		j.Phase, j.Aside = pg.Evacuate, "data_old-"+now.UTC().Format(asideTime)
		if _, err := os.Lstat(filepath.Join(l.Old, j.Aside)); err == nil {
			return "", fmt.Errorf("%s is there already", filepath.Join(l.Old, j.Aside))
		}
		if err := j.write(l); err != nil {
			return "", err
		}
	}
	aside := filepath.Join(l.Old, j.Aside)
	return aside, evacuate(l, aside)
}

// MoveIn puts the staged data in its place. PG_VERSION goes last: with it the
// data directory is a cluster again.
func MoveIn(l Layout) error {
	j, err := ReadJournal(l)
	if err != nil {
		return err
	}
	j.Phase = pg.Install
	if err := j.write(l); err != nil {
		return err
	}
	if err := install(l, j.Staged(l)); err != nil {
		return err
	}
	return j.end(l)
}

// Resume finishes the SetAside, MoveIn or Migrate that an earlier start began.
func Resume(l Layout) error {
	j, err := ReadJournal(l)
	if err != nil {
		return err
	}
	if j.Phase == pg.Migrate {
		return j.migrate(l)
	}
	if j.Phase == pg.Evacuate {
		if err := evacuate(l, filepath.Join(l.Old, j.Aside)); err != nil {
			return err
		}
	}
	return MoveIn(l)
}

// evacuate moves the data directory to aside: as a whole, or entry by entry
// where it is a mount point. It can be repeated until it succeeds.
func evacuate(l Layout, aside string) error {
	if !l.Fixed {
		if _, err := os.Lstat(aside); err == nil {
			return syncDir(l.Old) // moved by an earlier start
		}
		return errors.Join(rename(l.Dir, aside), syncDir(l.Old))
	}
	if err := os.Mkdir(aside, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := errors.Join(syncDir(filepath.Dir(aside)), moveOne(l.Dir, aside, "PG_VERSION")); err != nil {
		return err
	}
	return moveAll(l.Dir, aside, func(name string) bool { return !Ignorable(name) })
}

// install moves the staged cluster into the data directory. It can be repeated
// until it succeeds.
func install(l Layout, staged string) error {
	if !l.Fixed {
		return installWhole(l, staged)
	}
	if err := moveAll(staged, l.Dir, func(name string) bool { return name != "PG_VERSION" }); err != nil {
		return err
	}
	if _, err := os.Lstat(staged); errors.Is(err, fs.ErrNotExist) {
		return nil // it has moved already
	}
	return errors.Join(moveOne(staged, l.Dir, "PG_VERSION"), os.Remove(staged))
}

// installWhole renames the staged cluster to the data directory.
func installWhole(l Layout, staged string) error {
	if _, err := os.Lstat(staged); errors.Is(err, fs.ErrNotExist) {
		return nil // it has moved already
	}
	// An empty data directory, as made for a new volume, is removed; one that
	// holds anything makes Remove fail, and nothing is lost.
	if err := os.Remove(l.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := rename(staged, l.Dir); err != nil {
		return err
	}
	return errors.Join(syncDir(l.State), syncDir(l.Old))
}
