package pg

import "time"

// CopyOf is the beginning of a base backup's application_name; the slot of its
// standby follows. With the name of the standby alone, the WAL that a copy
// streams would confirm the commits that wait for that standby, or hold them up.
const CopyOf = "copy of "

// A Slot is a replication slot.
type Slot struct {
	Name       string
	Logical    bool
	Active     bool
	RestartLSN LSN
	Kept       int64  // bytes of WAL that it holds back; -1 where it has none to hold
	WALStatus  string // reserved, extended, unreserved or lost; "" where it has reserved nothing yet
	// Limit is max_slot_wal_keep_size in bytes; 0 and less is none.
	Limit int64
	// Left is how many bytes may still be written before the slot is lost; -1
	// where nobody knows or nothing is the limit.
	Left int64
	// InactiveSince is zero up to 16, and where somebody reads from the slot.
	InactiveSince time.Time
}

// Scarce is true where less than a quarter of the limit is left.
func (s Slot) Scarce() bool { return s.Limit > 0 && s.Left >= 0 && s.Left < s.Limit/4 }

// SlotLeft is what PostgreSQL calls safe_wal_size, of a slot that begins at
// restart while WAL ends at end: a slot keeps whole files, the first of them
// not counted. It is -1 where there is no limit.
func SlotLeft(restart, end LSN, limit, keep, segment int64) int64 {
	if limit < 0 || segment <= 0 {
		return -1
	}
	files := max(limit/segment, keep/segment) + 1
	lost := (int64(restart)/segment + files) * segment
	return max(0, lost-int64(end))
}
