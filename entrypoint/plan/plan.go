package plan

import (
	"strings"

	"pgreplica/entrypoint/pg"
)

// Want is what the environment asks for.
type Want struct {
	Mode          pg.Mode
	Major         int         // of the PostgreSQL in this image
	SystemID      pg.SystemID // the only cluster that is accepted; 0 accepts any
	RequireVolume bool        // refuse to create a cluster anywhere but on a named volume or a mounted folder
	// KeepExisting refuses where a new standby would set another cluster's data aside.
	KeepExisting bool
	AskPeers     bool   // servers of PEERS are asked again before a new cluster moves in
	Slot         string // the replication slot on the upstream that the standby reads from
	Verify       bool   // check a base backup against its manifest
	Reclone      bool   // where the data has left the upstream's history, set it aside and copy again
}

// Have is what was found on the volume and at the upstream.
type Have struct {
	Dir        string // the data directory
	Data       pg.DataDir
	Around     pg.Surroundings // what lies beside a data directory that holds no cluster
	TwoLayouts bool            // one cluster lies at the root of the volume, a second one in its pgdata
	Volume     pg.Volume
	Unfinished pg.Phase   // how far a change of the data directory came before it was interrupted
	Recorded   Recorded   // what earlier starts recorded of this volume
	Upstream   *pg.Server // what the upstream answered; nil where it did not, or was not asked
	Relation   Relation   // the data compared with the upstream, where both are of one cluster
	Fork       pg.LSN     // where the data left the upstream's history
	Excess     int64      // bytes of WAL after the fork that the upstream does not have; 0 is unknown
	// PeerHasCluster: a server of PEERS holds a cluster. Peer says which server, and
	// what it holds.
	PeerHasCluster bool
	Peer           string
	// UpstreamIsSelf: MASTER_SERVER leads to this server. SelfReason is the evidence.
	UpstreamIsSelf bool
	SelfReason     string
	Scripts        bool // init scripts are mounted for a new cluster
	Configured     bool // this start has done the step Configure
}

// Recorded is what earlier starts recorded of this volume.
type Recorded struct {
	SystemID pg.SystemID // the cluster that the volume held; 0 is none
	Mode     pg.Mode     // what that cluster ran as; empty is unknown
	Timeline pg.Timeline // the timeline that it was on then
}

// A Relation is the result of comparing a data directory with an upstream of the
// same cluster.
type Relation string

const (
	Unrelated Relation = ""          // they were not compared, or could not be
	Follows   Relation = "follows"   // the upstream has everything that the data holds
	Ahead     Relation = "ahead"     // one history, and the data goes further than the upstream
	Diverged  Relation = "diverged"  // two histories from the fork on
	Successor Relation = "successor" // the data continues the upstream's history on a later timeline
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

// Final says whether only becoming postgres is left.
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
	if err := checkData(want, have); err != nil {
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

// start configures the cluster that is there, and becomes postgres in the round
// after that.
func start(why string, have Have) (Plan, error) {
	if !have.Configured {
		return next(why, Configure{})
	}
	return next(why, Become{})
}
