package pgdata

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/pg"
)

const stateFormat = 1

// State is what this program remembers of a volume, in state.json.
type State struct {
	Format       int               `json:"format"`
	NodeID       string            `json:"node_id"` // survives the container; a slot is named for it
	SystemID     pg.SystemID       `json:"system_identifier,omitzero"`
	Mode         pg.Mode           `json:"role,omitempty"`
	Upstream     string            `json:"upstream,omitempty"`
	Timeline     pg.Timeline       `json:"timeline,omitzero"`
	Epoch        int               `json:"epoch"` // counts the changes of role
	By           string            `json:"by,omitempty"`
	At           string            `json:"at,omitempty"`
	DecidedUnder string            `json:"decided_under,omitempty"`
	Delayed      bool              `json:"delayed,omitzero"` // recovery_min_apply_delay is of our making
	Files        map[string]string `json:"files,omitempty"`  // hash of each file of the user that was placed
	Roles        map[string]string `json:"roles,omitempty"`  // keyed hash of each role's password

	// Placed is the hash of what was made of such a file in the data directory,
	// where it is another: a standby leaves out what is only the primary's.
	Placed map[string]string `json:"placed,omitempty"`
	// Rejected are the mounted files that were not placed.
	Rejected map[string]Rejection `json:"rejected,omitempty"`
}

// A Rejection says why a mounted file was not placed. It holds no secret.
type Rejection struct {
	Hash   string `json:"hash"`            // of the file
	Under  string `json:"under,omitempty"` // hash of what else the answer depends on; empty where nobody knows
	Reason string `json:"reason"`
	At     string `json:"at"`
}

// Same says whether two states tell the same of the volume; the hashes of files
// and roles are not looked at.
func (s State) Same(other State) bool {
	type told struct {
		systemID               pg.SystemID
		mode                   pg.Mode
		timeline               pg.Timeline
		upstream, decidedUnder string
	}
	tell := func(s State) told { return told{s.SystemID, s.Mode, s.Timeline, s.Upstream, s.DecidedUnder} }
	return tell(s) == tell(other)
}

// A FormatError says that something on the volume is not as this program leaves
// it: written by another version, by hand, or by somebody else.
type FormatError struct{ Path, What, Remedy string }

func (e *FormatError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.What) }

// Hint is what a person can do about it.
func (e *FormatError) Hint() string {
	if e.Remedy != "" {
		return e.Remedy
	}
	return "Use the version of pgreplica that wrote it. If it is damaged, move it out of the volume, then start again."
}

// ExitStatus is the process's: the data is incompatible.
func (e *FormatError) ExitStatus() int { return 65 }

// ReadState returns what earlier starts noted; a new volume gets a node id.
func ReadState(dir string) (State, error) {
	var state State
	err := readJSON(filepath.Join(dir, "state.json"), &state, func() int { return state.Format })
	if errors.Is(err, fs.ErrNotExist) {
		return State{Format: stateFormat, NodeID: newID()}, nil
	}
	return state, err
}

// WriteState notes it for later starts.
func WriteState(dir string, state State) error {
	return writeJSON(filepath.Join(dir, "state.json"), state)
}

func readJSON(path string, into any, format func() int) error {
	if err := plainFile(path, os.Lstat); err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return &FormatError{Path: path, What: "is not what this program writes: " + err.Error()}
	}
	if format() != stateFormat {
		return &FormatError{Path: path, What: fmt.Sprintf("has format %d, this version reads %d", format(), stateFormat)}
	}
	return nil
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(path, string(text)+"\n")
}

func newID() string {
	id := make([]byte, 6)
	_, _ = rand.Read(id) // never fails, crypto/rand says
	return hex.EncodeToString(id)
}
