package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

// A NodeRow is a server of the cluster. Bytes and times of -1 are unknown.
type NodeRow struct {
	Name, Address, State, SyncState string
	Role                            pg.Mode // what the server is; empty where unknown
	Expected                        pg.Mode // what the environment says it is to be; empty where unknown
	This                            bool    // the server of this container
	Trouble                         doctor.Level
	Timeline                        pg.Timeline
	LSN                             pg.LSN // the end of a primary's WAL, or how far a standby has replayed; 0 is unknown
	// Behind is how many bytes of WAL a standby has yet to replay. Where the primary
	// does not say how far it is, only AtLeast is known: what the standby has
	// received and not replayed.
	Behind, AtLeast int64
	// Unsent, Unflushed and Unapplied say where those bytes are, as in pg.Follower.
	Unsent, Unflushed, Unapplied int64
	Delay                        time.Duration // how late the standby is
	Heard                        time.Duration // the age of the server's last message
	HeldBack                     time.Duration // how late APPLY_DELAY wants the standby to be; 0 is not at all
}

// unknownRow is a row without measurements.
func unknownRow(name string, role pg.Mode, state string) NodeRow {
	return NodeRow{Name: name, Role: role, State: state, Behind: -1, AtLeast: -1, Unsent: -1, Unflushed: -1, Unapplied: -1, Delay: -1, Heard: -1}
}

// A SlotRow is a replication slot and its reader.
type SlotRow struct {
	pg.Slot
	UsedBy  string // the application_name of the reader; empty where there is none
	Trouble doctor.Level
	Remote  bool // the slot is on the primary, which does not tell a standby whether another server reads it
}

// User is who reads from the slot, in words. A standby of this program has the name
// of its slot as its application_name.
func (s SlotRow) User() string {
	switch {
	case s.UsedBy == s.Name:
		return "its standby"
	case !s.Active && s.Remote:
		return "-"
	case !s.Active:
		return "nobody"
	}
	return cmp.Or(s.UsedBy, "somebody")
}

func (n NodeRow) cells() []string {
	this, address := " ", n.Address
	if n.This {
		this = "*"
	}
	if address == "" {
		address = "-"
	}
	timeline := "-"
	if n.Timeline > 0 {
		timeline = fmt.Sprint(n.Timeline)
	}
	return []string{mark(n.Trouble) + this + " " + shorten(n.Name), cmp.Or(string(n.Role), "-"), n.State, timeline, n.behindText(), ageText(n.Delay), n.heardText(), address}
}

func (n NodeRow) behindText() string {
	switch {
	case n.Behind >= 0:
		return pg.Size(n.Behind)
	case n.AtLeast > 0:
		return "at least " + pg.Size(n.AtLeast)
	case n.AtLeast == 0:
		return "unknown"
	}
	return "-"
}

func (n NodeRow) heardText() string {
	if n.Heard >= 0 && n.Heard < time.Second {
		return "now"
	}
	return ageText(n.Heard)
}

// detailLines is the line of status -v below a node. It says where a standby
// is slow: in the network (unsent), at its disk (unflushed) or in replay (unapplied).
func (n NodeRow) detailLines() []string {
	var words []string
	for _, part := range []struct {
		name  string
		bytes int64
	}{{"unsent", n.Unsent}, {"unflushed", n.Unflushed}, {"unapplied", n.Unapplied}} {
		if part.bytes >= 0 {
			words = append(words, part.name+" "+pg.Size(part.bytes))
		}
	}
	if n.LSN > 0 {
		words = append(words, "WAL at "+n.LSN.String())
	}
	if n.HeldBack > 0 {
		words = append(words, "held back "+doctor.Span(n.HeldBack))
	}
	if n.SyncState != "" {
		words = append(words, n.SyncState)
	}
	if len(words) == 0 {
		return nil
	}
	return []string{"      " + strings.Join(words, ", ")}
}
