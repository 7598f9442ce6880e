package pgdata

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"pgreplica/entrypoint/pg"
)

// Discard throws new data away, with its tablespaces and its WAL, and nothing
// else.
func Discard(l Layout) error {
	j, err := ReadJournal(l)
	if err != nil || j.Phase == pg.NoChange {
		return err
	}
	if j.Phase != pg.Staging {
		return fmt.Errorf("discard: the journal is in phase %s", j.Phase)
	}
	if err := j.discardWAL(l); err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(j.Tablespaces(l)), os.RemoveAll(j.Staged(l))); err != nil {
		return err
	}
	_ = os.Remove(filepath.Join(l.State, tablespaces)) // where those of no other copy are in it
	return j.end(l)
}

// discardWAL removes the folder that Begin named, and no other that a journal
// edited by hand may name.
func (j Journal) discardWAL(l Layout) error {
	if j.WAL == "" || !isFolder(j.WAL) {
		return nil
	}
	if j.WAL == l.WALDir {
		return discardWALIn(l)
	}
	if j.WAL != l.stagedWAL(j.Staging) {
		return Unfit(filepath.Join(l.State, "journal.json"), "names "+j.WAL+", which does not lie in POSTGRES_INITDB_WALDIR",
			"An earlier start made it and did not come to an end. Set POSTGRES_INITDB_WALDIR="+filepath.Dir(j.WAL)+" again for the next start, which removes it.")
	}
	return os.RemoveAll(j.WAL)
}

// walEntry is a name of what a new cluster makes in its pg_wal.
var walEntry = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([0-9A-F]{24}(\.partial)?|xlogtemp\.[0-9]+|archive_status|summaries)$`)
})

// discardWALIn removes the WAL of a first cluster that did not come to be from
// POSTGRES_INITDB_WALDIR, where that is no other's.
func discardWALIn(l Layout) error {
	for _, dir := range append(ListAside(l), l.Dir) {
		if WALFolder(dir) == l.WALDir {
			return Unfit(filepath.Join(l.State, "journal.json"), "calls "+l.WALDir+" unfinished, which holds the WAL of "+dir,
				"If that cluster is whole, move journal.json out of the volume, then start again.")
		}
	}
	entries, err := os.ReadDir(l.WALDir)
	for _, entry := range entries {
		if walEntry().MatchString(entry.Name()) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(l.WALDir, entry.Name())))
		}
	}
	return err
}
