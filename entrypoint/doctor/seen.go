package doctor

import (
	"time"

	"pgreplica/entrypoint/pg"
)

// Seen is what was seen of a server, its volume, its environment and its
// upstream. What was not looked at is zero or nil, and no check says anything of
// it.
type Seen struct {
	Now  time.Time
	Mode pg.Mode // what this server is to be

	// Server is this container's; nil where none answers, and NoAnswer says why.
	Server   *pg.Health
	NoAnswer *pg.Fault
	Inside   *pg.Inside // what only a login to a database shows
	// SinceStreaming is how long ago a standby was seen to stream since it
	// started, or NeverStreamed.
	SinceStreaming time.Duration
	Outgrown       []pg.Shortage // limits that the primary has raised above this standby's
	Slots          []pg.Slot     // of this server
	Followers      []pg.Follower // who receives WAL from this server

	// Upstream is the server that a standby follows; nil where it did not answer,
	// and UpstreamFault says why. A fault beside an answer is why the standby does
	// not stream all the same.
	Upstream        *pg.Server
	UpstreamFault   *pg.Fault
	UpstreamHistory pg.HistoryMatch // of this server's timeline to the upstream's
	StandbySlot     *pg.Slot        // this standby's, on the upstream
	Link            *Link           // the way to the upstream; nil where the environment names none

	Data    *pg.DataDir
	Volume  *Volume
	Files   []File    // the mounted configuration files
	Aside   []OldData // data that was set aside
	Working string    // what a start in this container does now; empty where none is at work
	PIDFile string    // the last line of postmaster.pid: starting, ready, standby, ...
	Stopped *Stopped  // what pg_control says where no server runs

	Remarks    []Remark      // on the environment
	Wanted     Wanted        // what the environment asks of a cluster
	Major      int           // of the PostgreSQL in this image
	RunsOn     string        // the distribution of this image, as pg.RunsOn has it
	SystemID   pg.SystemID   // the only one that the environment accepts; 0 is any
	MaxBehind  int64         // bytes that a standby may be behind; 0 is no limit
	MaxDelay   time.Duration // how late a standby may be; 0 is no limit
	MayBeAlone bool          // a standby that does not stream is no critical finding
}

// Stopped is what pg_control says of a cluster that no server runs on.
type Stopped struct {
	State    string // shut down, in production, ... as pg_controldata has it
	Timeline pg.Timeline
	LSN      pg.LSN // of the last checkpoint
}

// OldData is what a clone set aside: a folder, and those of its tablespaces and
// its WAL.
type OldData struct {
	Folders []string
	Bytes   int64
	Whole   bool // otherwise there was no time to count all of them
}
