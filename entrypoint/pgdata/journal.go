package pgdata

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// asideTime is the UTC time in a name, without a character that a shell minds.
const asideTime = "20060102T150405Z"

// A Journal tells the next start what this one was doing to the data
// directory. Up to staging the work is thrown away, from evacuate on it is
// finished.
type Journal struct {
	Format  int    `json:"format"`
	Phase   string `json:"phase"`           // staging, evacuate, install or migrate; empty where no change is under way
	Staging string `json:"staging"`         // the folder of the new data, in the state directory
	Aside   string `json:"aside,omitempty"` // the folder that the old data goes to
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
		err = &FormatError{Path: path, What: "names a phase or a folder that this program does not use"}
	}
	return j, err
}

// sound holds a journal to the names that Begin and SetAside give, so that one
// edited by hand cannot send a removal or a rename elsewhere: not out of the
// volume, and not to data that was set aside.
func (j Journal) sound() bool {
	known := slices.Contains([]string{"staging", "evacuate", "install", migrating}, j.Phase)
	_, err := time.Parse("data_old-"+asideTime, j.Aside)
	dated := err == nil || j.Aside == "" && j.Phase != "evacuate"
	return known && generated(j.Staging) && dated
}

// generated says whether a name is one of a folder that this program makes.
func generated(name string) bool {
	kind, id, _ := strings.Cut(name, "-")
	return slices.Contains([]string{"init", "clone", "migrate"}, kind) && len(id) == 12 && strings.Trim(id, "0123456789abcdef") == ""
}

// Begin notes a new staging folder of that kind (init or clone) and returns
// its path. The folder is made by the program that fills it.
func Begin(l Layout, kind string) (string, error) {
	name := kind + "-" + newID()
	j := Journal{Format: stateFormat, Phase: "staging", Staging: name}
	return filepath.Join(l.State, name), j.write(l)
}

// Staged is the path of the new data.
func (j Journal) Staged(l Layout) string { return filepath.Join(l.State, j.Staging) }

func (j Journal) write(l Layout) error {
	return writeJSON(filepath.Join(l.State, "journal.json"), j)
}

func (j Journal) end(l Layout) error {
	if err := os.Remove(filepath.Join(l.State, "journal.json")); err != nil {
		return err
	}
	return syncDir(l.State)
}

// Discard throws a staging folder away, and nothing else.
func Discard(l Layout) error {
	j, err := ReadJournal(l)
	if err != nil || j.Phase == "" {
		return err
	}
	if j.Phase != "staging" {
		return fmt.Errorf("discard: the journal is in phase %s", j.Phase)
	}
	if err := os.RemoveAll(j.Staged(l)); err != nil {
		return err
	}
	return j.end(l)
}

// SetAside moves what the data directory holds to data_old-<time>, by rename,
// and returns where it went. PG_VERSION goes first, so that nothing can start
// what is left.
func SetAside(l Layout, now time.Time) (string, error) {
	j, err := ReadJournal(l)
	if err != nil {
		return "", err
	}
	if j.Phase == "staging" {
		j.Phase, j.Aside = "evacuate", "data_old-"+now.UTC().Format(asideTime)
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
	j.Phase = "install"
	if err := j.write(l); err != nil {
		return err
	}
	if err := install(l, j.Staged(l)); err != nil {
		return err
	}
	return j.end(l)
}

// Resume finishes what SetAside or MoveIn had begun.
func Resume(l Layout) error {
	j, err := ReadJournal(l)
	if err != nil {
		return err
	}
	if j.Phase == migrating {
		return j.migrate(l)
	}
	if j.Phase == "evacuate" {
		if err := evacuate(l, filepath.Join(l.Old, j.Aside)); err != nil {
			return err
		}
	}
	return MoveIn(l)
}
