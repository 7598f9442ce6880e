package pg

import "time"

// Inside is what a server reports to its superuser beyond its Health.
type Inside struct {
	Settings  Settings
	Bootstrap string // the superuser that initdb created
	Databases []string
	// Stale are collations, and from PostgreSQL 15 on databases, that were created
	// with another version of the C library or of ICU than this server has.
	Stale []string
	// Ahead is how far this machine's clock is ahead of the upstream's, less the time
	// that a message takes; nil where it is unknown.
	Ahead      *time.Duration
	Cancelled  int64 // queries that recovery has cancelled since the statistics were reset
	HBA        []HBALine
	Pending    []Pending
	Superusers []string
	Archive    *Archive // nil where archive_mode is off
	Damaged    []Damage
	Guessable  []string // roles whose password is their own name, or one that was published
	MD5        []MD5Role
	Unopened   []UnopenedDatabase
	Listening  Listening
	Hidden     bool // the role that looked may not read all of this
}

// Listening is where a server takes connections by network, as its settings say.
type Listening struct {
	Addresses string // listen_addresses
	Port      int
	PortFrom  string // the source of port, as pg_settings has it
}

// An UnopenedDatabase is a database that lets people log in and did not open.
type UnopenedDatabase struct {
	Name, Why string
	Unknown   bool // nothing was learnt: too little time, or no connection to be had
}

// An MD5Role is a role that may log in and whose password is stored as md5, which
// the method scram-sha-256 of pg_hba.conf does not take.
type MD5Role struct {
	Name       string
	Groups     []string // the roles that it is a member of, itself included
	Replicates bool     // it replicates, and is no superuser
}

// A Pending is a setting that has changed in a file and waits for a restart, with
// its present value and the value after the restart.
type Pending struct{ Name, Now, Then string }

// An HBALine is a line of pg_hba.conf for connections by network, or one that
// PostgreSQL cannot read.
type HBALine struct {
	Line                   int
	Users, Address, Method string
	Error                  string // why PostgreSQL cannot read the line; otherwise empty
	Databases, Roles       []string
	Netmask, Type          string // the type is host, hostssl, ...
	Never                  bool   // PostgreSQL reads it and no connection fits, such as hostssl without TLS
}

// An Archive is how a server gets on with archiving its WAL.
type Archive struct {
	Disabled     bool      // neither archive_command nor archive_library is set
	Failing      bool      // the last attempt has failed
	Failed       int64     // how many attempts have, since the statistics were reset
	LastFailed   string    // the file of the last one
	LastArchived time.Time // zero where nothing was archived yet
	Waiting      int64     // bytes of WAL that wait to be archived, which pg_wal keeps until then
}

// Damage is how often data of a database has failed its checksums, since the
// statistics of that database were reset.
type Damage struct {
	Database string // empty for tables that all databases share
	Failures int64
	Last     time.Time
}
