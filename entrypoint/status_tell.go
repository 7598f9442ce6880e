package entrypoint

import (
	"cmp"
	"net"
	"strconv"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

// tell makes the report of a server that answers from what was seen.
func (s *sight) tell() {
	here := s.seen.Here
	s.report.Version, s.report.System = here.Version, here.SystemID
	well := "the standby streams from its primary"
	if here.InRecovery {
		if here.ApplyDelay > 0 {
			well += ", and shows each change " + doctor.Span(here.ApplyDelay) + " later"
		}
		s.report.Nodes = append(s.report.Nodes, s.above(), s.standby())
	} else {
		well = "the primary runs, " + streamingTo(here.Streams)
		s.report.Nodes = append(s.report.Nodes, s.here("primary", pg.Primary, "running"))
	}
	for _, f := range s.seen.Followers {
		s.report.Nodes = append(s.report.Nodes, followerRow(f))
	}
	if s.seen.Own != nil {
		s.report.Slots = append(s.report.Slots, ownSlotRow(s.seen))
	}
	s.report.Slots = append(s.report.Slots, slotRows(s.seen)...)
	found := append(doctor.State(s.seen), doctor.Slots(s.seen)...)
	s.report.conclude(well, append(found, doctor.Files(s.seen)...))
}

func streamingTo(standbys int) string {
	if standbys == 1 {
		return "1 standby streams"
	}
	return strconv.Itoa(standbys) + " standbys stream"
}

// here is the row of this container's server.
func (s *sight) here(name string, role pg.Mode, state string) NodeRow {
	row := unknownRow(cmp.Or(s.seen.Here.ClusterName, name), role, state)
	row.Here, row.Wanted = true, s.node.cfg.Mode
	row.Timeline, row.LSN, row.Heard = s.seen.Here.Timeline, s.seen.Here.LSN, 0
	row.Trouble = doctor.Worst(doctor.State(s.seen)).Level
	s.report.This = row.Name
	return row
}

// standby is the row of this container's server where it is one. How far it is
// behind its primary tells; where that is silent, what has arrived and waits.
func (s *sight) standby() NodeRow {
	here := s.seen.Here
	row := s.here("standby", pg.Standby, "not connected")
	row.HeldBack = here.ApplyDelay
	row.AtLeast, row.Unapplied, row.Heard = here.Behind(), int64(max(here.Received, here.LSN)-here.LSN), -1
	if up := s.seen.Upstream; up != nil {
		row.Behind = int64(max(up.LSN, here.LSN) - here.LSN)
		row.Unflushed = int64(max(up.LSN, here.Received, here.LSN) - max(here.Received, here.LSN))
	}
	if here.Receiver != nil {
		row.Heard = here.Receiver.Heard
	}
	if here.Receives() {
		row.State = here.Receiver.Status
		if s.seen.Upstream == nil {
			row.Behind = here.Behind()
		}
		row.Delay = delayOf(row.Behind, here.Delay)
	}
	return row
}

// delayOf is what a standby that streams is late; what was not measured is not
// made up.
func delayOf(behind int64, measured time.Duration) time.Duration {
	switch {
	case behind == 0:
		return 0
	case behind > 0 && measured > 0:
		return measured
	}
	return -1
}

// above is the row of the server that this one follows.
func (s *sight) above() NodeRow {
	cfg, up := s.node.cfg, s.seen.Upstream
	row := unknownRow(cmp.Or(cfg.MasterServer, "primary"), "", "not asked")
	if cfg.MasterServer != "" {
		row.Address = s.node.upstreamAddress()
	} else if receiver := s.seen.Here.Receiver; receiver != nil {
		row.Address = net.JoinHostPort(receiver.Host, strconv.Itoa(int(receiver.Port)))
	}
	switch {
	case up != nil:
		row.Role, row.State, row.Timeline, row.LSN, row.Heard = pg.Primary, "running", up.Timeline, up.LSN, 0
		if up.InRecovery {
			row.Role = pg.Standby
		}
	case s.seen.Refusal != nil:
		row.State, row.Trouble = "no answer", doctor.Unknown
	}
	return row
}

func followerRow(f pg.Follower) NodeRow {
	row := unknownRow(f.Name, pg.Standby, f.State)
	if f.State == "backup" {
		row.Role = ""
	}
	row.Address, row.SyncState, row.Heard = f.Addr, f.SyncState, f.Heard
	row.Behind, row.Unsent, row.Unflushed, row.Unapplied = f.Behind, f.Unsent, f.Unflushed, f.Unapplied
	row.Delay = delayOf(f.Behind, f.Delay)
	return row
}

// slotRows are the slots of this container's server.
func slotRows(seen doctor.Seen) []SlotRow {
	users := map[string]string{}
	for _, f := range seen.Followers {
		users[f.Slot] = f.Name
	}
	var rows []SlotRow
	for _, slot := range seen.Slots {
		rows = append(rows, SlotRow{Slot: slot, UsedBy: users[slot.Name], Trouble: doctor.Worst(doctor.Slot(seen, slot)).Level})
	}
	return rows
}

// ownSlotRow is a standby's slot on its primary. Only its own stream tells it
// that somebody reads from there.
func ownSlotRow(seen doctor.Seen) SlotRow {
	row := SlotRow{Slot: *seen.Own, Remote: true, Trouble: doctor.Worst(doctor.Slots(doctor.Seen{Own: seen.Own, Here: seen.Here})).Level}
	if receiver := seen.Here.Receiver; receiver != nil && receiver.Slot == row.Name {
		row.Active, row.UsedBy = true, row.Name
	}
	return row
}
