package doctor

import (
	"time"

	"pgreplica/entrypoint/pg"
)

// Seen is what a look found of a server, its volume, its environment and its
// upstream. What was not looked at is zero or nil, and no check judges it.
type Seen struct {
	Now  time.Time
	Mode pg.Mode // what this server is to be

	// Server is this container's server; nil where it does not answer, and then
	// NoAnswer says why.
	Server   *pg.Health
	NoAnswer *pg.Fault
	Outside  *Outside   // what is known of a server that refuses our login; nil otherwise
	Inside   *pg.Inside // what only a login to a database shows
	Reach    *Reach     // whether this server takes connections by network; nil where there is no network
	// SinceStreaming is how long ago a standby last streamed, or NeverStreamed where
	// it has not streamed since it started.
	SinceStreaming time.Duration
	// SinceReplay is how long ago the replay of a standby with a restore_command, which
	// does not stream, was seen to move; NeverStreamed where it was not.
	SinceReplay    time.Duration
	OtherPasswords []OtherPassword      // roles of the environment that this primary has another password for
	Outgrown       []pg.Shortage        // settings that are higher on the primary than on this standby, which stops its replay
	Slots          []pg.Slot            // the slots of this server
	LastRead       map[string]time.Time // when a healthcheck last found a slot of this server read, by the slot's name
	Followers      []pg.Follower        // the connections that receive WAL from this server

	// Upstream is the server that a standby follows; nil where it did not answer,
	// and then UpstreamFault says why. Where both are there, UpstreamFault says why
	// the standby does not stream although its upstream answers.
	Upstream        *pg.Server
	UpstreamFault   *pg.Fault
	UpstreamHistory pg.HistoryMatch // this server's timeline compared with the upstream's
	StandbySlot     *pg.Slot        // the slot of this standby on its upstream
	Link            *Link           // the connection to the upstream; nil where the environment names no upstream

	Peer string // a server of PEERS that holds a cluster, and what it answered; where a primary has no data

	Data    *pg.DataDir
	Volume  *Volume
	Files   []File    // the mounted configuration files
	Aside   []OldData // data that was set aside
	Replay  string    // how far a recovery is, where a server is starting; it changes while that goes on
	Stalled bool      // that start has not come any further for long
	Working string    // what a start in this container is doing; empty where no start is at work
	PIDFile string    // the last line of postmaster.pid: starting, ready, standby, ...
	Stopped *Stopped  // what pg_control says where no server runs

	Remarks    []Remark      // what is wrong with the environment
	Wanted     Wanted        // the cluster that the environment asks for
	Major      int           // the major version of the PostgreSQL in this image
	RunsOn     string        // the distribution of this image, as pg.RunsOn returns it
	SystemID   pg.SystemID   // the only cluster that the environment accepts; 0 accepts any
	MaxBehind  int64         // how many bytes a standby may be behind; 0 is no limit
	MaxDelay   time.Duration // how late a standby may be; 0 is no limit
	MayBeAlone bool          // a standby that does not stream is only a warning, unless it needs a new copy
}

// Outside is what files and processes say of a server that refuses our login.
type Outside struct {
	Standby   bool // standby.signal is there, which a promotion removes
	Reception pg.Reception
}

// refusesLogin says whether the server answers and does not let this program in.
func (s Seen) refusesLogin() bool {
	return s.NoAnswer != nil && (s.NoAnswer.ID == "login" || s.NoAnswer.ID == "locale")
}

// Stopped is what pg_control says of a cluster that no server runs.
type Stopped struct {
	State    string // shut down, in production, ... as pg_controldata has it
	Timeline pg.Timeline
	LSN      pg.LSN // of the last checkpoint
}

// OldData is a data directory that a copy of the upstream has set aside.
type OldData struct {
	Folders []string // its folder, then those of its tablespaces and its WAL
	Bytes   int64    // the size of all of them, as far as it was counted
	Whole   bool     // the size was counted to the end
}
