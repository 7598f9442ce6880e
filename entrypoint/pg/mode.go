package pg

import "fmt"

// A Mode is what a server is meant to be. PostgreSQL keeps the word role for
// database roles.
type Mode string

const (
	Primary Mode = "primary" // accepts writes
	Standby Mode = "standby" // follows a primary, or another standby
)

// UnmarshalText accepts primary and standby, and the names of the images, master and
// slave.
func (m *Mode) UnmarshalText(text []byte) error {
	switch string(text) {
	case "primary", "master":
		*m = Primary
	case "standby", "slave":
		*m = Standby
	default:
		return fmt.Errorf("want primary or standby, got %q", text)
	}
	return nil
}
