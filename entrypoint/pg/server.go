package pg

import "fmt"

// A Server is what another server reports about itself over a replication
// connection.
type Server struct {
	Major      int // such as 13
	Version    string
	SystemID   SystemID
	Timeline   Timeline
	LSN        LSN // the end of the WAL that is on its disk
	InRecovery bool
	Settings   Settings
}

// A Role is a database role as this program creates it. Its password is kept apart.
type Role struct {
	Name                                                string
	Superuser, CreateDB, CreateRole, Login, Replication bool
}

// A SlotState is what a server reports about a slot over a replication connection.
type SlotState string

const (
	SlotUnknown SlotState = ""        // PostgreSQL 13 and 14 do not report it
	SlotAbsent  SlotState = "absent"  // there is no such slot
	SlotHolds   SlotState = "holds"   // the slot is physical and keeps WAL
	SlotLost    SlotState = "lost"    // the slot is physical and keeps no WAL: it has lost it, or never reserved any
	SlotLogical SlotState = "logical" // the slot is logical: no standby can use it
)

// A WALSupply says whether a server can send the WAL of a timeline from a position
// on.
type WALSupply string

const (
	WALThere     WALSupply = "there"     // it can
	WALGone      WALSupply = "gone"      // it has removed that WAL
	WALAhead     WALSupply = "ahead"     // its WAL, or its part of that timeline, ends before the position
	WALElsewhere WALSupply = "elsewhere" // it has never been on that timeline
)

// CheckSlotName returns an error for a name that PostgreSQL would not accept for a
// replication slot.
func CheckSlotName(name string) error {
	if len(name) == 0 || len(name) > 63 {
		return fmt.Errorf("a slot's name has 1 to 63 characters, %q has %d", name, len(name))
	}
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return fmt.Errorf("a slot's name has only lower-case letters, digits and _: %q", name)
		}
	}
	return nil
}
