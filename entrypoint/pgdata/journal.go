package pgdata

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pgreplica/entrypoint/pg"
)

// asideTime is how the UTC time is written in data_old-<time>. It needs no
// quotes in a shell.
const asideTime = "20060102T150405Z"

// A Journal says what a start is doing to the data directory, for the next
// start if this one is cut short. In the phase staging the next start throws the
// new data away; in every later phase it finishes the work.
type Journal struct {
	Format  int      `json:"format"`
	Phase   pg.Phase `json:"phase"`
	Staging string   `json:"staging"`         // name of the new data's folder in the state directory
	Aside   string   `json:"aside,omitempty"` // name of the folder in Layout.Old that the old data goes to
	WAL     string   `json:"wal,omitempty"`   // path of the new data's WAL; empty where it lies in the new data
}

// ReadJournal returns the unfinished change; its phase is pg.NoChange where there
// is none. A journal that this program would not have written is a pg.Fault.
func ReadJournal(l Layout) (Journal, error) {
	var j Journal
	path := filepath.Join(l.State, "journal.json")
	err := readJSON(path, &j, func() int { return j.Format })
	if errors.Is(err, fs.ErrNotExist) {
		return Journal{}, nil
	}
	if err == nil && !j.sound() {
		err = Unfit(path, "names a phase or a folder that this program does not use", otherVersionFix)
	}
	return j, err
}

// sound says whether the names in a journal are such as Begin, SetAside and
// Migrate give. Otherwise a journal that was edited by hand could lead a removal
// or a rename out of the volume, or to data that was set aside.
func (j Journal) sound() bool {
	known := slices.Contains([]pg.Phase{pg.Staging, pg.Evacuate, pg.Install, pg.Migrate}, j.Phase)
	_, err := time.Parse("data_old-"+asideTime, j.Aside)
	dated := err == nil || j.Aside == "" && j.Phase != pg.Evacuate
	first := strings.HasPrefix(j.Staging, "init-") // its WAL may lie in POSTGRES_INITDB_WALDIR itself
	wal := j.WAL == "" || filepath.IsAbs(j.WAL) && filepath.Clean(j.WAL) == j.WAL && (filepath.Base(j.WAL) == j.Staging || first)
	return known && generated(j.Staging) && dated && wal
}

// generated says whether this program gives a folder such a name: init-, clone-
// or migrate-, and an id of 12 hexadecimal digits.
func generated(name string) bool {
	kind, id, _ := strings.Cut(name, "-")
	return slices.Contains([]string{"init", "clone", "migrate"}, kind) && len(id) == 12 && strings.Trim(id, "0123456789abcdef") == ""
}

// Begin writes a journal with names for the folders of new data; kind is init or
// clone. It makes no folder: the program that fills them, initdb or
// pg_basebackup, makes them.
func Begin(l Layout, kind string) (Journal, error) {
	if l.WALDir != "" && within(l.Dir, l.WALDir) {
		return Journal{}, Unfit(l.WALDir, "lies in the data directory, which is moved as a whole",
			"Set POSTGRES_INITDB_WALDIR to a folder outside "+l.Dir+", or to nothing.")
	}
	j := Journal{Format: stateFormat, Phase: pg.Staging, Staging: kind + "-" + newID()}
	j.WAL = l.stagedWAL(j.Staging)
	if kind == "init" && isEmptyFolder(l.WALDir) { // the official image puts the WAL there, too
		j.WAL = l.WALDir
	}
	return j, j.write(l)
}

// Staged is the path of the new data before it moves in.
func (j Journal) Staged(l Layout) string { return filepath.Join(l.State, j.Staging) }

// tablespaces is the folder, in the state directory, for the tablespaces of all
// copies.
const tablespaces = "tblspc"

// Tablespaces is the path of the folder for the new data's tablespaces. They
// stay there when the data moves in, because the links that lead to them are
// absolute.
func (j Journal) Tablespaces(l Layout) string { return filepath.Join(l.State, tablespaces, j.Staging) }

// stagedWAL is the path of a folder for the WAL of new data; empty where the WAL
// is to lie in the data itself.
func (l Layout) stagedWAL(staging string) string {
	if l.WALDir == "" {
		return ""
	}
	return filepath.Join(l.WALDir, staging)
}

func (j Journal) write(l Layout) error {
	return writeJSON(filepath.Join(l.State, "journal.json"), j)
}

// end removes the journal of a change that is done.
func (j Journal) end(l Layout) error {
	if err := os.Remove(filepath.Join(l.State, "journal.json")); err != nil {
		return err
	}
	return syncDir(l.State)
}

func isEmptyFolder(path string) bool {
	entries, err := os.ReadDir(path)
	return err == nil && len(entries) == 0
}
