package pgdata

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A FailedCopy notes a copy that would fail again until somebody mends its server:
// the next one waits, each time longer.
type FailedCopy struct {
	Format   int       `json:"format"`
	Upstream string    `json:"upstream"` // host:port of the server that was copied
	Times    int       `json:"times"`    // how many copies in a row have failed so
	Until    time.Time `json:"until"`    // before which no other begins
	Reason   string    `json:"reason"`
	Fix      string    `json:"fix"`
}

// FailedCopyFile is where a FailedCopy is noted. Whoever removes it lets the next
// copy begin.
func FailedCopyFile(l Layout) string { return filepath.Join(l.State, "copy-failed.json") }

// ReadFailedCopy returns what was noted of the last copy of a server. One that
// nobody can read holds nothing up.
func ReadFailedCopy(l Layout, upstream string) (copy FailedCopy, found bool) {
	err := readJSON(FailedCopyFile(l), &copy, func() int { return copy.Format })
	if err != nil || copy.Upstream != upstream {
		return FailedCopy{}, false
	}
	return copy, true
}

// NoteFailedCopy notes a copy that has failed.
func NoteFailedCopy(l Layout, copy FailedCopy) error {
	copy.Format = stateFormat
	return writeJSON(FailedCopyFile(l), copy)
}

// ForgetFailedCopy removes what was noted, once a copy has come to its end.
func ForgetFailedCopy(l Layout) error {
	if err := os.Remove(FailedCopyFile(l)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
