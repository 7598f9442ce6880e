package pg

import "time"

// CopyOf is the beginning of a base backup's application_name; the slot of its
// standby follows. With the standby's own name, PostgreSQL would take the copy for
// that standby: commits that wait for it would be confirmed too early, or hang.
const CopyOf = "copy of "

// A Slot is a replication slot.
type Slot struct {
	Name       string
	Logical    bool
	Active     bool
	RestartLSN LSN
	Kept       int64  // bytes of WAL that the slot keeps; -1 where it keeps none
	WALStatus  string // reserved, extended, unreserved or lost; "" where the slot has not reserved WAL yet
	// Limit is max_slot_wal_keep_size in bytes; 0 or less is no limit.
	Limit int64
	// Left is how many bytes of WAL may still be written before the slot is lost; -1
	// where that is unknown or there is no limit.
	Left int64
	// InactiveSince is zero up to PostgreSQL 16, and while somebody reads from the slot.
	InactiveSince time.Time
}

// Scarce says whether less than a quarter of the limit is left.
func (s Slot) Scarce() bool { return s.Limit > 0 && s.Left >= 0 && s.Left < s.Limit/4 }

// SlotLeft is what PostgreSQL calls safe_wal_size: how many bytes of WAL may still be
// written before a slot is lost. The slot begins at restart, and WAL ends at end;
// limit, keep (wal_keep_size) and segment are in bytes. PostgreSQL keeps whole files,
// and does not count the first of them. It is -1 where there is no limit.
func SlotLeft(restart, end LSN, limit, keep, segment int64) int64 {
	if limit < 0 || segment <= 0 {
		return -1
	}
	files := max(limit/segment, keep/segment) + 1
	lost := (int64(restart)/segment + files) * segment
	return max(0, lost-int64(end))
}
