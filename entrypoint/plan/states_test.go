package plan

import (
	"slices"

	"pgreplica/entrypoint/pg"
)

const (
	thisCluster  pg.SystemID = 7700000000000000001
	otherCluster pg.SystemID = 7700000000000000002 // made after thisCluster
	olderCluster pg.SystemID = 7600000000000000000
)

var (
	contents  = []pg.Contents{pg.Empty, pg.Foreign, pg.Incomplete, pg.Corrupt, pg.Cluster}
	phases    = []pg.Phase{pg.NoChange, pg.Staging, pg.Evacuate, pg.Install, pg.Migrate}
	volumes   = []pg.Volume{pg.Named, pg.Anonymous, pg.Layer}
	records   = []Recorded{{}, {thisCluster, pg.Primary, 1}, {thisCluster, pg.Standby, 1}, {otherCluster, pg.Standby, 1}}
	upstreams = []*pg.Server{
		nil,
		{Major: 13, SystemID: thisCluster, Timeline: 1}, {Major: 13, SystemID: thisCluster, Timeline: 2},
		{Major: 13, SystemID: otherCluster, Timeline: 1}, {Major: 13, SystemID: olderCluster, Timeline: 1}, {Major: 15, SystemID: thisCluster, Timeline: 1},
		{Major: 13, SystemID: thisCluster, Timeline: 1, InRecovery: true},
	}
	relations = []Relation{Unrelated, Follows, Ahead, Diverged, Successor}
	both      = []bool{false, true}
)

const dataDir = "/var/lib/postgresql/data/pgdata"

// surroundings are what may lie beside a data directory without a cluster.
var surroundings = []struct {
	title  string
	around pg.Surroundings
}{
	{"nothing about it", pg.Surroundings{}},
	{"PostgreSQL 18 in another place", pg.Surroundings{Belongs: "/var/lib/postgresql/data", Clusters: []pg.Neighbour{{Dir: "/var/lib/postgresql/data/18/docker", Major: 18}}}},
	{"PostgreSQL 13 in another place", pg.Surroundings{Belongs: "/var/lib/postgresql/data", Clusters: []pg.Neighbour{{Dir: "/var/lib/postgresql/data/data", Major: 13}}}},
	{"a volume beside it", pg.Surroundings{Elsewhere: "/var/lib/postgresql", Belongs: "/var/lib/postgresql/data"}},
	{"a volume beside it with PostgreSQL 13", pg.Surroundings{Elsewhere: "/var/lib/postgresql", Belongs: "/var/lib/postgresql/data", Clusters: []pg.Neighbour{{Dir: "/var/lib/postgresql", Major: 13}}}},
}

// everyState calls visit with every state, some 1,300,000.
func everyState(visit func(Want, Have)) {
	for _, mode := range []pg.Mode{pg.Primary, pg.Standby} {
		for _, flags := range product(2) {
			for _, pinned := range []pg.SystemID{0, thisCluster, otherCluster} {
				want := Want{Mode: mode, Major: 13, SystemID: pinned, RequireVolume: flags[0], KeepExisting: flags[1], Reclone: flags[1] == flags[0], Verify: pinned == 0, Slot: "s"}
				everyHave(func(have Have) { visit(want, have) })
			}
		}
	}
}

func everyHave(visit func(Have)) {
	for _, data := range everyDataDir() {
		for _, phase := range phases {
			for _, recorded := range records {
				for _, upstream := range upstreams {
					for _, volume := range volumes[:2] {
						for _, flags := range product(3) {
							if phase != pg.NoChange && (flags[0] || flags[1] || flags[2] || volume != pg.Named) {
								continue // an unfinished change goes first, whatever else is there
							}
							have := Have{Data: data, Volume: volume, Unfinished: phase, Recorded: recorded, Upstream: upstream, TwoLayouts: flags[0], Configured: flags[1]}
							if flags[2] {
								have.Peer, have.PeerHasCluster = "peer", true
							}
							if !isComparable(have) {
								visit(have)
								if data.Contents == pg.Empty || data.Contents == pg.Foreign {
									for _, a := range surroundings[1:] {
										have.Around = a.around
										visit(have)
									}
								}
								continue
							}
							for _, have.Relation = range relations {
								visit(have)
							}
						}
					}
				}
			}
		}
	}
}

// isComparable says whether the data can be compared with the upstream.
func isComparable(have Have) bool {
	return have.Upstream != nil && have.Data.SystemID == have.Upstream.SystemID && have.Unfinished == pg.NoChange
}

func everyDataDir() []pg.DataDir {
	var all []pg.DataDir
	for _, c := range contents {
		data := pg.DataDir{Contents: c}
		switch c {
		case pg.Foreign:
			data.Strangers = "photos, notes.txt"
		case pg.Incomplete, pg.Corrupt:
			data.Major = 13
		case pg.Cluster:
			for _, flags := range product(3) {
				for _, major := range []int{13, 15} {
					for _, timeline := range []pg.Timeline{1, 2} {
						all = append(all, pg.DataDir{Contents: c, Major: major, SystemID: thisCluster, Timeline: timeline, Standby: flags[0], RecoverySignal: flags[1], BackupLabel: flags[2]})
					}
				}
			}
			continue
		}
		all = append(all, data)
	}
	return all
}

// product is every combination of n booleans.
func product(n int) [][]bool {
	all := [][]bool{nil}
	for range n {
		var longer [][]bool
		for _, head := range all {
			for _, b := range both {
				longer = append(longer, append(slices.Clone(head), b))
			}
		}
		all = longer
	}
	return all
}
