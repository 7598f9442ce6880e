package node

import "time"

// How long things may take, and how often they are done. A bound stands below the
// one that it has to fit into, with one dot more. Packages pgsql and pgctl bound
// some waits of their own, which have to fit as well: the comments name them, and
// limits_test.go has the sums.

// Commands that look. Docker waits for a healthcheck as long as a copy may take
// (HEALTHCHECK --timeout in the Dockerfiles), so that it bounds each look itself.
// Within these limits
// pgsql takes up to 2 s to connect to the server of this container, and up to 1 s
// to connect for the size of a copy; after them, up to 1 s to hang up at the
// primary, and pgctl up to 2 s to end a pg_controldata. What connecting here takes
// is missing for the primary: doctor may have only 700 ms left to ask it.
const (
	AnswerLimit    = 5 * time.Second         // one look of a healthcheck that Docker waits for, which then ends even where a volume holds it
	HealthLimit    = 3 * time.Second         // all of a healthcheck, and all of slots
	StatusLimit    = 2800 * time.Millisecond // all of status
	DoctorLimit    = 2700 * time.Millisecond // all of doctor
	AskLimit       = 2 * time.Second         // · all that status or doctor asks the primary, and each server that a start asks once
	OpenLimit      = 600 * time.Millisecond  // · opening each database here, for doctor
	ReachLimit     = 100 * time.Millisecond  // · reaching this server at one of its own addresses, for doctor
	WhyNotLimit    = time.Second             // · · asking the primary why its standby does not stream: all that a healthcheck asks it
	CountSoonLimit = 20 * time.Millisecond   // · adding up the files of one data_old-*, for status
)

// What a start waits for. In a try for a slot in use, pgsql takes up to 1 s to
// find out who uses it.
const (
	CopyAgainMax = 6 * time.Hour          // before a copy that has failed often, or after a long time, is tried again
	CompareLimit = 2 * time.Minute        // reading the WAL of a former primary back to where its history left the upstream's
	SlotLimit    = 90 * time.Second       // until a slot is free: a connection that broke holds it for wal_sender_timeout, a minute by default
	slowLimit    = 2 * time.Minute        // until a person has put right what nobody else can, such as a wrong password
	slowPause    = 15 * time.Second       // · between two tries while that is waited for
	attemptLimit = 10 * time.Second       // · one try, whatever is waited for
	longestPause = 5 * time.Second        // · between two tries otherwise
	firstPause   = 250 * time.Millisecond // · · between the first two
	CopyAgain    = time.Minute            // before the first copy after one that fails again as it is; then twice as long each time
	CountLimit   = 100 * time.Millisecond // adding up the files of one data_old-*, for a message
)

// AskAgainLimit is for a server of PEERS that was asked before, for AskLimit: one
// that is there answers at once.
const AskAgainLimit = 500 * time.Millisecond

// What an apply waits for. pgsql takes up to 5 s until the server has read its
// configuration.
const (
	ApplyLimit  = 10 * time.Second // until another apply is done
	LookUpLimit = time.Second      // · looking up all the names of hosts in a pg_hba.conf; a start does this too
)

// How long a healthcheck waits for a start, before it says that the server is not
// ready. A start that works may take hours.
const (
	stallLimit  = 10 * time.Minute // a start that waits for its primary, or a copy that gets nothing
	ReplayLimit = 10 * time.Second // a recovery that does nothing
	LookAgain   = time.Second      // · between two looks
)

// How long something counts before it is done or said again. doctor.StreamingGrace,
// after which a standby that does not stream is unhealthy, has to hold WhyNotAgain.
const (
	CopySilence   = 30 * time.Second // of a copy, before it is said that nothing arrives
	sayAgain      = time.Minute      // the reason of a wait in the log, where it is still the same
	workLimit     = time.Minute      // what a start said that it does; if that is older, a healthcheck says for how long
	WhyNotAgain   = 30 * time.Second // what the primary said when it was asked why its standby does not stream
	CopySayEvery  = 10 * time.Second // how far a copy is, in the log
	CopyNoteEvery = time.Second      // · the same, for a healthcheck
)
