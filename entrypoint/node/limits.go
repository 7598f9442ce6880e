package node

import "time"

// How long things may take: a bound that has to fit into another stands below
// it, further to the right in the comment.
const (
	HealthLimit    = 3 * time.Second         // a whole healthcheck, so that its reason is printed before Docker gives it up
	StatusLimit    = 2800 * time.Millisecond // a whole status
	DoctorLimit    = 2700 * time.Millisecond // a whole doctor
	AskLimit       = 2 * time.Second         // · one question to another server
	WhyNotLimit    = time.Second             // · · why a standby does not stream, so that there is time to say the rest
	LookUpLimit    = time.Second             // · looking up every name of a pg_hba.conf
	CountLimit     = 100 * time.Millisecond  // · adding up old data, for a start
	CountSoonLimit = 20 * time.Millisecond   // · the same for status, each folder

	CompareLimit = 2 * time.Minute  // reading a former primary's WAL back to the fork
	SlotLimit    = 90 * time.Second // a slot in use: our own dead connection holds it for wal_sender_timeout, a minute by default
	attemptLimit = 10 * time.Second // · one try at the upstream
	ApplyLimit   = 10 * time.Second // another apply

	slowLimit   = 2 * time.Minute  // for a person's help to come
	slowPause   = 15 * time.Second // · between tries that only a person can help
	sayAgain    = time.Minute      // between two lines of a log that say the same
	workLimit   = time.Minute      // after which a line about work says for how long it has been going on
	WhyNotAgain = 30 * time.Second // between two questions to the primary why its standby does not stream
)
