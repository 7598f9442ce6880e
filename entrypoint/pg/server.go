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
}

// A Role is a database role as this program makes it; the password is apart.
type Role struct {
	Name                                                string
	Superuser, CreateDB, CreateRole, Login, Replication bool
}

// A Slot is a replication slot.
type Slot struct {
	Name       string
	Active     bool
	RestartLSN LSN
	Kept       int64  // bytes of WAL that it holds back
	WALStatus  string // reserved, extended, unreserved or lost
}

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
