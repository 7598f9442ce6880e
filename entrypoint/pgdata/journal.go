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

// asideTime is the UTC time in a name, without a character that a shell minds.
const asideTime = "20060102T150405Z"

// A Journal tells the next start what this one was doing to the data
// directory. Up to staging the work is thrown away, from evacuate on it is
// finished.
type Journal struct {
	Format  int      `json:"format"`
	Phase   pg.Phase `json:"phase"`
	Staging string   `json:"staging"`         // the folder of the new data, in the state directory
	Aside   string   `json:"aside,omitempty"` // the folder that the old data goes to
	WAL     string   `json:"wal,omitempty"`   // the path of the new data's WAL, where it lies elsewhere
}

// ReadJournal returns the unfinished change, or an empty journal.
func ReadJournal(l Layout) (Journal, error) {
	var j Journal
	path := filepath.Join(l.State, "journal.json")
	err := readJSON(path, &j, func() int { return j.Format })
	if errors.Is(err, fs.ErrNotExist) {
		return Journal{}, nil
	}
	if err == nil && !j.sound() {
		err = Unfit(path, "names a phase or a folder that this program does not use", byAnother)
	}
	return j, err
}

// sound holds a journal to the names that Begin and SetAside give, so that one
// edited by hand cannot send a removal or a rename elsewhere: not out of the
// volume, and not to data that was set aside.
func (j Journal) sound() bool {
	known := slices.Contains([]pg.Phase{pg.Staging, pg.Evacuate, pg.Install, pg.Migrate}, j.Phase)
	_, err := time.Parse("data_old-"+asideTime, j.Aside)
	dated := err == nil || j.Aside == "" && j.Phase != pg.Evacuate
	first := strings.HasPrefix(j.Staging, "init-") // may have the whole of POSTGRES_INITDB_WALDIR
	wal := j.WAL == "" || filepath.IsAbs(j.WAL) && filepath.Clean(j.WAL) == j.WAL && (filepath.Base(j.WAL) == j.Staging || first)
	return known && generated(j.Staging) && dated && wal
}

// generated says whether a name is one of a folder that this program makes.
func generated(name string) bool {
	kind, id, _ := strings.Cut(name, "-")
	return slices.Contains([]string{"init", "clone", "migrate"}, kind) && len(id) == 12 && strings.Trim(id, "0123456789abcdef") == ""
}

// Begin notes the folders of new data of that kind (init or clone). They are
// made by the program that fills them.
func Begin(l Layout, kind string) (Journal, error) {
	if l.WALDir != "" && within(l.Dir, l.WALDir) {
		return Journal{}, Unfit(l.WALDir, "lies in the data directory, which is moved as a whole",
			"Set POSTGRES_INITDB_WALDIR to a folder outside "+l.Dir+", or to nothing.")
	}
	j := Journal{Format: stateFormat, Phase: pg.Staging, Staging: kind + "-" + newID()}
	j.WAL = l.stagedWAL(j.Staging)
	if kind == "init" && isEmptyFolder(l.WALDir) { // as the official image uses it
		j.WAL = l.WALDir
	}
	return j, j.write(l)
}

// Staged is the path of the new data.
func (j Journal) Staged(l Layout) string { return filepath.Join(l.State, j.Staging) }

// tablespaces is the folder for those of all copies, in the state directory.
const tablespaces = "tblspc"

// Tablespaces is the path below which those of the new data lie. They stay
// there when it moves: the links that lead to them are absolute.
func (j Journal) Tablespaces(l Layout) string { return filepath.Join(l.State, tablespaces, j.Staging) }

// stagedWAL is where the WAL of new data lies; nothing where that is in it.
func (l Layout) stagedWAL(staging string) string {
	if l.WALDir == "" {
		return ""
	}
	return filepath.Join(l.WALDir, staging)
}

func (j Journal) write(l Layout) error {
	return writeJSON(filepath.Join(l.State, "journal.json"), j)
}

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
