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
	Role                            pg.Mode // what it does
	Expected                        pg.Mode // what it is to be, as far as the environment says
	This                            bool    // the server of this container
	Trouble                         doctor.Level
	Timeline                        pg.Timeline
	LSN                             pg.LSN // written by a primary, replayed by a standby; 0 is unknown
	// Behind is what it has yet to replay; where the primary does not say how
	// far it is, AtLeast is what arrived and waits.
	Behind, AtLeast              int64
	Unsent, Unflushed, Unapplied int64
	Delay, Heard                 time.Duration
	HeldBack                     time.Duration // how late it is meant to be
}

// unknownRow is a row of which nothing is measured.
func unknownRow(name string, role pg.Mode, state string) NodeRow {
	return NodeRow{Name: name, Role: role, State: state, Behind: -1, AtLeast: -1, Unsent: -1, Unflushed: -1, Unapplied: -1, Delay: -1, Heard: -1}
}

// A SlotRow is a slot and the application_name of who reads from it.
type SlotRow struct {
	pg.Slot
	UsedBy  string
	Trouble doctor.Level
	Remote  bool // as a standby sees its own: it is not told whether another reads it
}

// User is who reads from the slot. A standby of ours has the name of its slot.
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
	return []string{mark(n.Trouble) + this + " " + shorten(n.Name), cmp.Or(string(n.Role), "-"), n.State, timeline, n.behind(), age(n.Delay), n.heard(), address}
}

func (n NodeRow) behind() string {
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

func (n NodeRow) heard() string {
	if n.Heard >= 0 && n.Heard < time.Second {
		return "now"
	}
	return age(n.Heard)
}

// detail tells the network from the disk from replay.
func (n NodeRow) detail() []string {
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
