package pgdata

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/file"
	"pgreplica/entrypoint/pg"
)

const stateFormat = 1

// State is what this program remembers of a volume, in state.json.
type State struct {
	Format int    `json:"format"`
	NodeID string `json:"node_id"` // made with the volume and kept for its life; a standby's slot is named for it
	Role
	Epoch   int               `json:"epoch"`            // counts the changes of role
	By      string            `json:"by,omitempty"`     // the command that wrote this file
	At      string            `json:"at,omitempty"`     // when it was written, in RFC 3339
	Delayed bool              `json:"delayed,omitzero"` // this program has set recovery_min_apply_delay
	Files   map[string]string `json:"files,omitempty"`  // hash of each mounted file that was placed, by the file's name
	Roles   map[string]string `json:"roles,omitempty"`  // keyed hash of each role's password, by the role's name

	// Superuser is the name of a standby's bootstrap superuser, as its data says.
	Superuser string `json:"superuser,omitempty"`

	// Placed is the hash of the text that was put into the data directory for a
	// mounted file, by the file's name, where that is not the file's own: a
	// standby leaves out what only a primary may have.
	Placed map[string]string `json:"placed,omitempty"`
	// Untried are the mounted files that were placed, and that no server has been
	// found yet to have begun its work with, by name.
	Untried map[string]Kept `json:"untried,omitempty"`
	// Tried is what ControlWritten said before a server was started with them; empty
	// where none was.
	Tried string `json:"tried,omitempty"`
	// Rejected are the mounted files that were not placed, by name.
	Rejected map[string]Rejection `json:"rejected,omitempty"`
}

// A Role is the cluster that a volume holds and what its server last was in it.
type Role struct {
	SystemID     pg.SystemID `json:"system_identifier,omitzero"`
	Mode         pg.Mode     `json:"role,omitempty"`
	Upstream     string      `json:"upstream,omitempty"` // host:port of the server that a standby followed
	Timeline     pg.Timeline `json:"timeline,omitzero"`
	DecidedUnder string      `json:"decided_under,omitempty"` // the environment that asked for this role, as config.DecidedUnder says it
}

// A Rejection says why a mounted file was not placed. It holds no secret.
type Rejection struct {
	Hash   string `json:"hash"`            // of the mounted file
	Under  string `json:"under,omitempty"` // hash of all else that the reason depends on; empty where that is not known
	Reason string `json:"reason"`
	At     string `json:"at"` // when the reason was found, in RFC 3339
}

// otherVersionFix is what to do about a file that this version does not
// understand.
const otherVersionFix = "Use the version of pgreplica that wrote it. If it is damaged, move it out of the volume, then start again."

// Unfit is the fault of a file or folder on the volume that is not as this
// program leaves it: another version, a person or another program has changed it.
func Unfit(path, what, fix string) *pg.Fault {
	return &pg.Fault{Text: path + ": " + what, Fix: fix, Exit: 65}
}

func readState(dir string) (state State, err error) {
	err = readJSON(filepath.Join(dir, "state.json"), &state, func() int { return state.Format })
	return state, err
}

func writeState(dir string, state State) error {
	return writeJSON(filepath.Join(dir, "state.json"), state)
}

func readJSON(path string, into any, format func() int) error {
	if err := plainFile(path, file.MostOwn, os.Lstat); err != nil {
		return err
	}
	text, err := file.Read(path, file.MostOwn)
	if err != nil {
		return fault(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return Unfit(path, "is not what this program writes: "+err.Error(), otherVersionFix)
	}
	if format() != stateFormat {
		return Unfit(path, fmt.Sprintf("has format %d, this version reads %d", format(), stateFormat), otherVersionFix)
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
