package pgdata

import (
	"os"
	"path/filepath"
	"strconv"
)

// A Kept is what a mounted file took the place of, for as long as no server has
// been found to have begun its work with that file.
type Kept struct {
	File string `json:"file"`           // its name in the data directory, old_…
	Hash string `json:"hash,omitempty"` // of the mounted file that was placed before; empty where there was none
	New  bool   `json:"new,omitzero"`   // it is initdb's, without a block of this program's
	// Last is what the mounted file itself took the place of, where that is another
	// file that no server was started with: apply may place several.
	Last *Kept `json:"last,omitempty"`
}

// Next is what to go back to first.
func (k Kept) Next() Kept {
	if k.Last != nil {
		return *k.Last
	}
	return k
}

// Keep notes what a mounted file takes the place of.
func (r *Record) Keep(name, file string, isNew bool) {
	kept := Kept{File: file, Hash: r.Files[name], New: isNew}
	if started, untried := r.Untried[name]; untried {
		started.Last = new(kept)
		kept = started
	}
	r.Untried, r.Tried, r.changed = with(r.Untried, name, kept), "", true
}

// Try notes that a server is about to be started with what is untried; written is
// what ControlWritten says.
func (r *Record) Try(written string) {
	if len(r.Untried) > 0 && r.Tried == "" && written != "" {
		r.Tried, r.changed = written, true
	}
}

// Prove forgets what the mounted files took the place of, if a server was started
// with them. It does not ask to be saved: a start where nothing else changed may
// prove it again.
func (r *Record) Prove() {
	if r.Tried != "" {
		r.Untried, r.Tried = nil, ""
	}
}

// GoBack notes that what a mounted file had taken the place of is in its place
// again, as a text with this hash, and why. Where that is untried itself, a server
// is about to be started with it.
func (r *Record) GoBack(name, hash string, why Rejection) {
	kept := r.Untried[name]
	if known, rejected := r.Rejected[name]; rejected {
		why = known // of the file that is mounted
	}
	r.ForgetFile(name)
	if next := kept.Next(); next.Hash != "" {
		r.Place(name, next.Hash)
		r.PlaceAs(name, hash)
	}
	r.Reject(name, why)
	r.changed = true
	if kept.Last != nil {
		kept.Last = nil
		r.Untried[name] = kept
		return
	}
	if delete(r.Untried, name); len(r.Untried) == 0 {
		r.Tried = ""
	}
}

// ControlWritten says when pg_control was written last, for comparison alone: a
// server writes it as soon as it has begun its work, and one that ends before that
// does not. It is empty where that cannot be found out.
func ControlWritten(dir string) string {
	info, err := os.Stat(filepath.Join(dir, "global", "pg_control"))
	if err != nil {
		return ""
	}
	return strconv.FormatInt(info.ModTime().UnixNano(), 10)
}
