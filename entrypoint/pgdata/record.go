package pgdata

import (
	"errors"
	"io/fs"
	"maps"
	"time"

	"pgreplica/entrypoint/pg"
)

// A Record is what earlier starts noted of a volume, and what this one adds.
// Its methods are the only writers of the state; Save puts it on the disk where
// it has changed.
type Record struct {
	State
	dir     string
	changed bool
	err     error
}

// ReadRecord reads state.json in dir. A volume that has none is new: it gets a
// node id, which Save writes. Where the file cannot be read the record is empty
// and Err says why.
func ReadRecord(dir string) *Record {
	r := &Record{dir: dir}
	r.State, r.err = readState(dir)
	if errors.Is(r.err, fs.ErrNotExist) {
		r.State, r.err, r.changed = State{Format: stateFormat, NodeID: newID()}, nil, true
	}
	return r
}

// Err is why the record could not be read, or nil.
func (r *Record) Err() error { return r.err }

// Save writes the record where it has changed; by names the command.
func (r *Record) Save(by string) error {
	if !r.changed {
		return nil
	}
	r.By, r.At = by, time.Now().UTC().Format(time.RFC3339)
	err := writeState(r.dir, r.State)
	r.changed = err != nil
	return err
}

// Place notes that a mounted file with this hash is in place as it is, and
// forgets that one of its name was rejected.
func (r *Record) Place(name, hash string) {
	r.Accept(name)
	if r.Files[name] != hash || r.Placed[name] != "" {
		r.Files, r.changed = with(r.Files, name, hash), true
		delete(r.Placed, name)
	}
}

// PlaceAs notes the hash of the text that was put into the data directory for a
// mounted file, where that is not the file's own.
func (r *Record) PlaceAs(name, made string) {
	r.Placed, r.changed = with(r.Placed, name, made), true
}

// Accept forgets that a mounted file was rejected.
func (r *Record) Accept(name string) {
	if _, rejected := r.Rejected[name]; rejected {
		delete(r.Rejected, name)
		r.changed = true
	}
}

// Reject notes why a mounted file was not placed.
func (r *Record) Reject(name string, why Rejection) {
	why.At = r.Rejected[name].At
	if r.Rejected[name] == why {
		return
	}
	why.At = time.Now().UTC().Format(time.RFC3339)
	r.Rejected, r.changed = with(r.Rejected, name, why), true
}

// ForgetFile notes that a mounted file is to be placed anew.
func (r *Record) ForgetFile(name string) {
	if r.Files[name] != "" || r.Placed[name] != "" {
		delete(r.Files, name)
		delete(r.Placed, name)
		r.changed = true
	}
}

// ForgetFiles forgets every file that was placed or rejected: in new data none
// was yet.
func (r *Record) ForgetFiles() {
	if len(r.Files)+len(r.Placed)+len(r.Rejected)+len(r.Untried) > 0 {
		r.Files, r.Placed, r.Rejected, r.changed = nil, nil, nil, true
		r.Untried, r.Tried = nil, ""
	}
}

// SetRole notes the keyed hash of a role's password.
func (r *Record) SetRole(name, hash string) {
	if r.Roles[name] != hash {
		r.Roles, r.changed = with(r.Roles, name, hash), true
	}
}

// SetSuperuser notes the name of a standby's bootstrap superuser.
func (r *Record) SetSuperuser(name string) {
	r.changed = r.changed || r.Superuser != name
	r.Superuser = name
}

// SetDelayed notes whether recovery_min_apply_delay was set by this program.
func (r *Record) SetDelayed(delayed bool) {
	r.changed = r.changed || r.Delayed != delayed
	r.Delayed = delayed
}

// Become notes what the volume holds now, and under which environment that was
// decided. A change of role is counted.
func (r *Record) Become(data pg.DataDir, mode pg.Mode, upstream, decidedUnder string) {
	before := r.Role
	if r.Mode != mode {
		r.Epoch++
	}
	r.Role = Role{SystemID: data.SystemID, Mode: mode, Upstream: upstream, Timeline: data.Timeline, DecidedUnder: decidedUnder}
	r.changed = r.changed || r.Role != before
}

// with returns a copy of entries with one more entry. entries may be nil, as on a
// new volume.
func with[V any](entries map[string]V, name string, value V) map[string]V {
	entries = maps.Clone(entries)
	if entries == nil {
		entries = map[string]V{}
	}
	entries[name] = value
	return entries
}
