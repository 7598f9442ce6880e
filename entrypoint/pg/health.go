package pg

import "time"

// Health is what a running server says of itself.
type Health struct {
	Major       int
	Version     string
	ClusterName string
	SystemID    SystemID
	Timeline    Timeline
	InRecovery  bool
	// LSN is the end of a primary's WAL, and what a standby has replayed.
	LSN LSN
	// Received is what a standby has on disk.
	Received     LSN
	ReplayPaused bool
	// Delay is the age of the last transaction that was replayed. It grows on
	// an idle primary too, and says nothing where the standby is not behind.
	Delay time.Duration
	// ApplyDelay is how late a standby is meant to be.
	ApplyDelay time.Duration
	// HeldBack is true where WAL that is here waits for that time to pass. Where
	// no walreceiver runs, PostgreSQL starts none before it is all replayed.
	HeldBack bool
	// Slot is what a standby is configured to read from.
	Slot   string
	Limits Limits
	// Streams counts the standbys that stream from this server.
	Streams int
	// Receiver is nil where no walreceiver runs.
	Receiver *Receiver
}

// A Receiver is the connection of a standby to its primary.
type Receiver struct {
	Status string // streaming, where all is well
	Slot   string
	Host   string
	Port   uint16
	// End is the end of the primary's WAL, as of its last message: 0 until
	// the first one, which an idle primary sends after wal_sender_timeout/2.
	End LSN
	// Heard is the age of that message, or of the connection.
	Heard time.Duration
	// Timeout is wal_receiver_timeout; 0 is none.
	Timeout time.Duration
}

// slack is how long an answer of a primary that lives may be on its way.
const slack = 10 * time.Second

// Silent is true where the primary has not answered. A receiver that hears
// nothing asks after half of its timeout, so an idle primary is not silent.
func (r Receiver) Silent() bool { return r.Timeout > 0 && r.Heard > r.Timeout/2+slack }

// Streaming is true of a standby that receives WAL, as far as its server knows.
func (h Health) Streaming() bool { return h.Receiver != nil && h.Receiver.Status == "streaming" }

// Receives is true of a standby whose primary has been heard of lately.
func (h Health) Receives() bool { return h.Streaming() && !h.Receiver.Silent() }

// Behind is what the standby has yet to replay, as far as it knows.
func (h Health) Behind() int64 {
	end := h.Received
	if h.Receiver != nil {
		end = max(end, h.Receiver.End)
	}
	return int64(max(end, h.LSN) - h.LSN)
}

// A Follower is a connection that receives WAL from this server: a standby,
// or a base backup on its way.
type Follower struct {
	Name      string // application_name
	Addr      string // "" for a socket
	Slot      string // "" without one
	State     string // streaming, catchup, backup, ...
	SyncState string
	// Behind is what it has yet to replay, in bytes; -1 where it has not said.
	Behind int64
	// Unsent, Unflushed and Unapplied are where those bytes are: here, on
	// their way to its disk, or there already.
	Unsent, Unflushed, Unapplied int64
	// Delay is how long the last WAL that it replayed took to be replayed; -1
	// where nothing was measured lately.
	Delay time.Duration
	// Heard is the age of its last reply; -1 where there was none.
	Heard time.Duration
}
