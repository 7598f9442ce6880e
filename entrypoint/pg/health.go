package pg

import "time"

// Health is what a running server reports about itself.
type Health struct {
	Major       int
	Version     string
	ClusterName string
	SystemID    SystemID
	Timeline    Timeline
	InRecovery  bool
	// LSN is the end of a primary's WAL, or how far a standby has replayed.
	LSN LSN
	// Received is the end of the WAL that a standby has on its disk.
	Received     LSN
	ReplayPaused bool
	// Delay is the age of the last transaction that a standby replayed. It also grows
	// while the primary is idle, so it means nothing where the standby is not behind.
	Delay time.Duration
	// ApplyDelay is recovery_min_apply_delay: how late a standby is meant to be.
	ApplyDelay time.Duration
	// HeldBack is true where received WAL waits for ApplyDelay to pass. Where no
	// walreceiver runs, PostgreSQL starts none before all of that WAL is replayed.
	HeldBack bool
	// Up is how long ago the server started.
	Up time.Duration
	// Restores says whether a restore_command is set: a standby may get WAL by it as
	// well.
	Restores bool
	// Slot is the slot that a standby is configured to read from.
	Slot   string
	Limits Limits
	// Streams is the number of standbys that stream from this server.
	Streams int
	// Receiver is nil where no walreceiver runs.
	Receiver *Receiver
	Commits  Commits
}

// Commits are what the commits of a primary wait for.
type Commits struct {
	Names string // synchronous_standby_names
	Mode  string // synchronous_commit
	There int    // the standbys of Names that commits wait for, and that are connected
}

// A Receiver is the connection of a standby to its primary.
type Receiver struct {
	Status string // streaming, where all is well
	Slot   string
	Host   string
	Port   uint16
	// End is the end of the primary's WAL in its last message. It is 0 before the
	// first one, which an idle primary sends after wal_sender_timeout/2.
	End LSN
	// Heard is the age of that message, or of the connection before the first one.
	Heard time.Duration
	// Timeout is wal_receiver_timeout; 0 is none.
	Timeout time.Duration
}

// slack is how long the answer of a working primary may take.
const slack = 10 * time.Second

// Silent says whether the primary has not answered in time. A walreceiver that gets
// no message asks for one after half of its timeout, so an idle primary is not silent.
func (r Receiver) Silent() bool { return r.Timeout > 0 && r.Heard > r.Timeout/2+slack }

// Streaming says whether a walreceiver streams. It may not have noticed yet that the
// connection is lost; Receives does.
func (h Health) Streaming() bool { return h.Receiver != nil && h.Receiver.Status == "streaming" }

// Receives says whether a walreceiver streams and its primary is not silent.
func (h Health) Receives() bool { return h.Streaming() && !h.Receiver.Silent() }

// Behind is how many bytes of WAL a standby has yet to replay, up to the last end of
// the primary's WAL that it knows.
func (h Health) Behind() int64 {
	end := h.Received
	if h.Receiver != nil {
		end = max(end, h.Receiver.End)
	}
	return int64(max(end, h.LSN) - h.LSN)
}

// A Follower is a connection that receives WAL from this server: a standby, or a
// base backup that is being made.
type Follower struct {
	Name      string // application_name
	Addr      string // empty for a socket
	Slot      string // empty where the connection uses no slot
	State     string // streaming, catchup, backup, ...
	SyncState string // async, sync, quorum, ...
	// Behind is how many bytes of WAL the follower has yet to replay; -1 is unknown.
	Behind int64
	// Unsent, Unflushed and Unapplied say where those bytes are: still on this server,
	// sent but not on the follower's disk, or on its disk and not replayed. -1 is
	// unknown.
	Unsent, Unflushed, Unapplied int64
	// Delay is the time from writing WAL here to its replay there, as last measured;
	// -1 where nothing was measured lately.
	Delay time.Duration
	// Heard is the age of the follower's last reply; -1 where there was none.
	Heard time.Duration
}
