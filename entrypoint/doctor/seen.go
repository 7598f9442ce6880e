package doctor

import (
	"time"

	"pgreplica/entrypoint/pg"
)

// Seen is what was seen. What was not looked at is zero or nil, and no check
// says anything of it.
type Seen struct {
	Mode     pg.Mode       // as the environment wants it
	Here     *pg.Health    // nil: no server answers here
	Silence  time.Duration // since a standby was seen to stream, in this start; or NeverStreamed
	Upstream *pg.Server    // nil: it was not asked, or did not answer
	Refusal  *pg.Fault     // why the upstream could not be used
	Outgrown []pg.Shortage // limits that the primary of a standby has raised above the standby's

	MaxBehind int64         // bytes that a standby may be behind; 0 is no limit
	MaxDelay  time.Duration // the same in time
	Lonely    bool          // a standby may do without its primary

	Slots     []pg.Slot
	Own       *pg.Slot // a standby's, on the server that it follows; nil: not known
	Followers []pg.Follower

	Files    []File // that are mounted
	Now      time.Time
	Remarks  []Remark    // on the environment
	Wanted   Wanted      // of an existing cluster
	Major    int         // of the PostgreSQL in this image; 0 is unknown
	RunsOn   string      // the distribution of this image, as pg.RunsOn has it
	SystemID pg.SystemID // the only one that the environment accepts; 0 is any
	Inside   *pg.Inside  // nil: no server answers here
	Silent   *pg.Fault   // why no server answers
	Working  string      // what a start in this container does now; empty where none is at work
	PIDFile  string      // the last line of postmaster.pid: starting, ready, standby, ...
	Stopped  *Stopped    // nil: not looked at, or a server may be there
	Aside    []OldData   // data that was set aside on this volume
	Link     *Link       // nil: there is no upstream to ask
	Data     *pg.DataDir // nil: not looked at
	Volume   *Volume     // nil: not looked at
	History  pg.Relation // of this timeline to the upstream's; "" is unknown
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
