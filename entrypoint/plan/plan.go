// Package plan decides what a start does. It is a function of two small
// structs: it reads no file, clock, variable or server, so that every decision
// stands in testdata/decisions.txt.
package plan

import (
	"strings"

	"pgreplica/entrypoint/pg"
)

// Want is what the environment asks for.
type Want struct {
	Mode          pg.Mode
	Major         int         // of the PostgreSQL in this image
	SystemID      pg.SystemID // the cluster this server must be of; 0 is any
	RequireVolume bool        // refuse to make a cluster that would go with its container
	// KeepExisting refuses where a new standby would set a foreign cluster aside.
	KeepExisting bool
	Slot         string // the standby's, on its upstream
	Verify       bool   // check a base backup against its manifest
	Reclone      bool   // copy anew, the old data set aside, where it has left the upstream's history
}

// Have is what a look around found.
type Have struct {
	Dir        string // the data directory
	Data       pg.DataDir
	Around     pg.Surroundings // of a data directory that holds no cluster
	TwoLayouts bool            // a cluster at the root of the volume and another in its pgdata
	Volume     pg.Volume
	Unfinished pg.Phase   // what an earlier start left half-way
	Recorded   Recorded   // what earlier starts noted
	Upstream   *pg.Server // nil: did not answer, or need not be asked
	Relation   Relation   // of the data to the upstream, where both are of one cluster
	Fork       pg.LSN     // where the data left the upstream's history
	Excess     int64      // bytes of WAL behind the fork, which the upstream lacks; 0 is unknown
	// A server of PEERS already holds a cluster: Peer says which and what it holds.
	PeerHasCluster bool
	Peer           string
	// MASTER_SERVER can only be this server itself: SelfReason says why.
	UpstreamIsSelf bool
	SelfReason     string
	Scripts        bool // init scripts are mounted for a new cluster
	Configured     bool // by this start
}

// Recorded is what earlier starts noted of this volume.
type Recorded struct {
	SystemID pg.SystemID // of the cluster that lived here; 0 is none
	Mode     pg.Mode     // what it ran as; empty is unknown
	Timeline pg.Timeline // at that time
}

// A Relation is how a data directory stands to an upstream of the same cluster.
type Relation string

const (
	Unrelated Relation = ""          // not compared, or not to be compared
	Follows   Relation = "follows"   // it holds nothing that the upstream lacks
	Ahead     Relation = "ahead"     // the same history, further than the upstream
	Diverged  Relation = "diverged"  // another history, from the fork on
	Successor Relation = "successor" // the upstream's history, and a later timeline
)

// A Plan is what to do next, and why.
type Plan struct {
	Why   string
	Steps []Step
}

func (p Plan) String() string {
	names := make([]string, len(p.Steps))
	for i, step := range p.Steps {
		names[i] = step.String()
	}
	return strings.Join(names, ", ")
}

// Final says that only becoming postgres is left.
func (p Plan) Final() bool {
	return len(p.Steps) == 1 && p.Steps[0] == Step(Become{})
}

// For decides what comes next, or refuses.
func For(want Want, have Have) (Plan, error) {
	switch have.Unfinished {
	case pg.Staging:
		return next("an earlier attempt did not finish", Discard{})
	case pg.Evacuate, pg.Install:
		return next("the new data was whole, but not yet in place", Resume{})
	case pg.Migrate:
		return next("the cluster was moving to the layout of new volumes", Resume{})
	}
	if err := unfit(want, have); err != nil {
		return Plan{}, err
	}
	if want.Mode == pg.Primary {
		return primary(want, have)
	}
	return standby(want, have)
}

func next(why string, steps ...Step) (Plan, error) {
	return Plan{Why: why, Steps: steps}, nil
}

// start runs what is there, once it has been configured.
func start(why string, have Have) (Plan, error) {
	if !have.Configured {
		return next(why, Configure{})
	}
	return next(why, Become{})
}
