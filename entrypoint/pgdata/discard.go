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

// Discard removes the unfinished new data that the journal names, with its
// tablespaces and its WAL, and then the journal. In a phase later than staging it
// refuses, because by then the old data may have been set aside.
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
	_ = os.Remove(filepath.Join(l.State, tablespaces)) // fails where another copy has tablespaces in it
	return j.end(l)
}

// discardWAL removes the WAL folder that Begin named. It refuses any other, which
// a journal that was edited by hand may name.
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

// walEntry matches the names that a new cluster has in its pg_wal.
var walEntry = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([0-9A-F]{24}(\.partial)?|xlogtemp\.[0-9]+|archive_status|summaries)$`)
})

// discardWALIn removes the WAL of an unfinished first cluster that lies in
// POSTGRES_INITDB_WALDIR itself. It refuses where that is the WAL of another
// cluster on the volume.
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
