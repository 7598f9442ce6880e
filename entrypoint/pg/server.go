package pg

import "fmt"

// A Server is what another server said of itself over a replication
// connection.
type Server struct {
	Major      int // 13
	Version    string
	SystemID   SystemID
	Timeline   Timeline
	LSN        LSN // flushed so far
	InRecovery bool
	Settings   Settings
}

// A Role is a database role as this program makes it; the password is apart.
type Role struct {
	Name                                                string
	Superuser, CreateDB, CreateRole, Login, Replication bool
}

// A SlotState is what a server tells of a slot over a replication connection.
type SlotState string

const (
	SlotUnknown SlotState = ""        // 13 and 14 do not tell
	SlotAbsent  SlotState = "absent"  // nobody made it, or somebody dropped it
	SlotHolds   SlotState = "holds"   // it is physical and holds WAL back
	SlotLost    SlotState = "lost"    // it is physical and holds nothing: it lost its WAL, or never reserved any
	SlotLogical SlotState = "logical" // no standby can use it
)

// A WALSupply is what a server can send of a timeline from a position on.
type WALSupply string

const (
	WALThere     WALSupply = "there"     // a standby that needs it can stream
	WALGone      WALSupply = "gone"      // the server has removed it
	WALAhead     WALSupply = "ahead"     // the server, or its time on this timeline, ends before it
	WALElsewhere WALSupply = "elsewhere" // the server has never been on that timeline
)

// CheckSlotName returns what PostgreSQL would say of a slot's name.
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
