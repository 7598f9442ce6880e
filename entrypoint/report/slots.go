package report

import (
	"cmp"
	"strings"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

// A SlotList is what the command slots prints.
type SlotList struct {
	Rows    []SlotRow
	Standby bool // this server is a standby, and the slots are for servers that follow it
}

// SlotsOf lists the slots of this container's server.
func SlotsOf(seen doctor.Seen) SlotList { return SlotList{Slots(seen), seen.Server.InRecovery} }

// Text prints the slots for people.
func (l SlotList) Text() string {
	lines := slotLines(l.Rows, strings.Clone)
	if len(lines) == 0 {
		lines = []string{"This server has no replication slots."}
	}
	for _, row := range l.Rows {
		if !row.InactiveSince.IsZero() {
			lines = append(lines, "   "+row.Name+" is inactive since "+row.InactiveSince.UTC().Format("2006-01-02 15:04:05 MST"))
		}
	}
	if l.Standby {
		lines = append(lines, "", "These are this standby's, for servers that follow it. Those of the primary, on its host:",
			"      "+pg.Master.Exec("pgreplica slots"))
	}
	return strings.Join(lines, "\n") + "\n"
}

// slotLines is the table of slots, one row each. The function name prints a name,
// cut to what fits a screen or whole.
func slotLines(slots []SlotRow, name func(string) string) []string {
	if len(slots) == 0 {
		return nil
	}
	cells := [][]string{{"   SLOT", "USED BY", "WAL KEPT", "LIMIT", "LEFT", "STATE"}}
	for _, s := range slots {
		limit := "none"
		if s.Limit > 0 {
			limit = pg.Size(s.Limit)
		}
		cells = append(cells, []string{mark(s.Trouble) + "  " + name(s.Name), name(s.User()), sizeText(s.Kept), limit, sizeText(s.Left), cmp.Or(s.WALStatus, "-")})
	}
	return align(cells)
}

// Slots are the rows of the slots of this container's server.
func Slots(seen doctor.Seen) []SlotRow {
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

// upstreamSlotRow is a standby's slot on its primary. The primary does not tell a
// replication connection whether a slot is active, so we look whether our own
// walreceiver uses it.
func upstreamSlotRow(seen doctor.Seen) SlotRow {
	row := SlotRow{Slot: *seen.StandbySlot, Remote: true, Trouble: doctor.Worst(doctor.Slots(doctor.Seen{StandbySlot: seen.StandbySlot, Server: seen.Server})).Level}
	if receiver := seen.Server.Receiver; receiver != nil && receiver.Slot == row.Name {
		row.Active, row.UsedBy = true, row.Name
	}
	return row
}
