package pg

import "time"

// Inside is what a server tells its superuser of itself, beyond its Health.
type Inside struct {
	Settings  Settings
	Bootstrap string // the superuser that initdb made
	Databases []string
	// Stale are collations, and from 15 on databases, that were made with
	// another version of the C library or of ICU than this server has.
	Stale []string
	// Ahead is how far this machine's clock is ahead of the upstream's, less
	// what a message takes; nil where no message says so.
	Ahead      *time.Duration
	Cancelled  int64 // queries that recovery has cancelled since the statistics began
	HBA        []HBALine
	Pending    []Pending
	Superusers []string
	Guessable  []string // roles whose password is their own name, or one that was published
}

// Pending is a setting that has changed in a file and waits for a restart.
type Pending struct{ Name, Now, Then string }

// An HBALine is a line of pg_hba.conf for connections by network, or one that
// PostgreSQL cannot read.
type HBALine struct {
	Line                   int
	Users, Address, Method string
	Error                  string
}
