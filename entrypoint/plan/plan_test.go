package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
	"pgreplica/integration/golden"
)

const (
	ours   pg.SystemID = 7700000000000000001
	theirs pg.SystemID = 7700000000000000002
)

var (
	contents  = []pg.Contents{pg.Empty, pg.Foreign, pg.Incomplete, pg.Corrupt, pg.Cluster}
	phases    = []Phase{Settled, Staging, Evacuate, Install, Migrate}
	volumes   = []pg.Volume{pg.Named, pg.Anonymous, pg.Layer}
	recordeds = []Recorded{{}, {ours, pg.Primary, 1}, {ours, pg.Standby, 1}, {theirs, pg.Standby, 1}}
	upstreams = []*pg.Server{
		nil,
		{Major: 13, SystemID: ours, Timeline: 1}, {Major: 13, SystemID: ours, Timeline: 2},
		{Major: 13, SystemID: theirs, Timeline: 1}, {Major: 15, SystemID: ours, Timeline: 1},
		{Major: 13, SystemID: ours, Timeline: 1, InRecovery: true},
	}
	relations = []Relation{Unrelated, Follows, Ahead, Diverged, Successor}
	both      = []bool{false, true}
)

const dataDir = "/var/lib/postgresql/data/pgdata"

// arounds are what may lie about a data directory without a cluster.
var arounds = []struct {
	title  string
	around pg.Surroundings
}{
	{"nothing about it", pg.Surroundings{}},
	{"PostgreSQL 18 in another place", pg.Surroundings{Belongs: "/var/lib/postgresql/data", Clusters: []pg.Neighbour{{Dir: "/var/lib/postgresql/data/18/docker", Major: 18}}}},
	{"PostgreSQL 13 in another place", pg.Surroundings{Belongs: "/var/lib/postgresql/data", Clusters: []pg.Neighbour{{Dir: "/var/lib/postgresql/data/data", Major: 13}}}},
	{"a volume beside it", pg.Surroundings{Elsewhere: "/var/lib/postgresql", Belongs: "/var/lib/postgresql/data"}},
	{"a volume beside it with PostgreSQL 13", pg.Surroundings{Elsewhere: "/var/lib/postgresql", Belongs: "/var/lib/postgresql/data", Clusters: []pg.Neighbour{{Dir: "/var/lib/postgresql", Major: 13}}}},
}

// everyState calls visit with the whole space of states, some 300,000.
func everyState(visit func(Want, Have)) {
	for _, mode := range []pg.Mode{pg.Primary, pg.Standby} {
		for _, flags := range product(2) {
			for _, pinned := range []pg.SystemID{0, ours, theirs} {
				want := Want{Mode: mode, Major: 13, SystemID: pinned, RequireVolume: flags[0], KeepExisting: flags[1], Reclone: flags[1] == flags[0], Verify: pinned == 0, Slot: "s"}
				everyHave(func(have Have) { visit(want, have) })
			}
		}
	}
}

func everyHave(visit func(Have)) {
	for _, data := range everyDataDir() {
		for _, phase := range phases {
			for _, recorded := range recordeds {
				for _, upstream := range upstreams {
					for _, volume := range volumes[:2] {
						for _, flags := range product(3) {
							if phase != Settled && (flags[0] || flags[1] || flags[2] || volume != pg.Named) {
								continue // an unfinished change goes first, whatever else is there
							}
							have := Have{Data: data, Volume: volume, Unfinished: phase, Recorded: recorded, Upstream: upstream, TwoLayouts: flags[0], Configured: flags[1]}
							if flags[2] {
								have.Peer = "peer"
							}
							if !comparable(have) {
								visit(have)
								if data.Contents == pg.Empty || data.Contents == pg.Foreign {
									for _, a := range arounds[1:] {
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

// comparable says whether the data can be compared with the upstream's.
func comparable(have Have) bool {
	return have.Upstream != nil && have.Data.SystemID == have.Upstream.SystemID && have.Unfinished == Settled
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
						all = append(all, pg.DataDir{Contents: c, Major: major, SystemID: ours, Timeline: timeline, Standby: flags[0], RecoverySignal: flags[1], BackupLabel: flags[2]})
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

func has[S Step](p Plan) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { _, ok := s.(S); return ok })
}

func describe(want Want, have Have) string { return fmt.Sprintf("%+v\n%+v", want, have) }

func TestNothingIsOverwritten(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		if err != nil || have.Data.Contents == pg.Empty {
			return
		}
		for i, step := range next.Steps {
			if step == Step(MoveIn{}) && !slices.Contains(next.Steps[:i], Step(SetAside{})) {
				t.Fatalf("moves in over %s data: %s\n%s", have.Data.Contents, next, describe(want, have))
			}
		}
	})
}

func TestOldDataGoesAsideOnlyBesideAVerifiedCopy(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		if err != nil || !has[SetAside](next) {
			return
		}
		aside := slices.Index(next.Steps, Step(SetAside{}))
		if !has[BaseBackup](next) || slices.Index(next.Steps, Step(FollowConf{})) > aside || want.Verify && slices.Index(next.Steps, Step(Verify{})) > aside {
			t.Fatalf("sets data aside too early: %s\n%s", next, describe(want, have))
		}
	})
}

func TestNothingMovesBeforeTheNewDataIsDurable(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		if err != nil || !has[MoveIn](next) {
			return
		}
		sync := slices.Index(next.Steps, Step(Sync{}))
		for i, step := range next.Steps {
			moves := step == Step(SetAside{}) || step == Step(MoveIn{})
			if sync < 0 || moves != (i > sync) {
				t.Fatalf("%s\n%s", next, describe(want, have))
			}
		}
	})
}

func TestAClusterIsGivenUpOnlyByANewStandby(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		if err != nil || have.Data.Contents != pg.Cluster || !has[SetAside](next) {
			return
		}
		up := have.Upstream
		if up != nil && up.SystemID == have.Data.SystemID {
			left := have.Relation == Diverged || have.Relation == Ahead
			if !want.Reclone || !left || up.InRecovery || up.Timeline < have.Data.Timeline {
				t.Fatalf("gives up a cluster unasked: %s\n%s", next, describe(want, have))
			}
			return
		}
		if want.Mode != pg.Standby || want.KeepExisting || have.Recorded.Mode == pg.Standby || have.Data.Standby || up == nil || have.Data.Major != want.Major {
			t.Fatalf("gives up a cluster: %s\n%s", next, describe(want, have))
		}
	})
}

func TestAFormerPrimaryFollowsOnlyWithoutLoss(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		if err == nil && has[Follow](next) && (have.Relation != Follows || want.Mode != pg.Standby || have.Data.SystemID != have.Upstream.SystemID) {
			t.Fatalf("%s\n%s", next, describe(want, have))
		}
	})
}

func TestNoReadWriteStartWithoutConsent(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		if err != nil || !next.Final() {
			return
		}
		if have.Data.Contents != pg.Cluster || have.Data.RecoverySignal || have.Data.Standby != (want.Mode == pg.Standby) {
			t.Fatalf("starts %s data as a %s\n%s", have.Data.Contents, want.Mode, describe(want, have))
		}
		if have.Data.BackupLabel && want.Mode == pg.Primary {
			t.Fatalf("opens a copy read-write\n%s", describe(want, have))
		}
	})
}

func TestNoClusterIsMadeWhereOneWas(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		if err != nil || !has[InitDB](next) {
			return
		}
		if have.Around.Elsewhere != "" || len(have.Around.Clusters) > 0 || have.Data.Contents != pg.Empty || have.Recorded.SystemID != 0 || want.SystemID != 0 || have.Peer != "" || want.Mode != pg.Primary ||
			want.RequireVolume && have.Volume != pg.Named {
			t.Fatalf("makes a cluster\n%s", describe(want, have))
		}
	})
}

// TestNothingIsBegunBesideACluster compares the look before a start with the
// start's own.
func TestNothingIsBegunBesideACluster(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		empty := have.Data.Contents == pg.Empty || have.Data.Contents == pg.Foreign
		if err == nil && empty && have.Unfinished == Settled && (have.Around.Elsewhere != "" || len(have.Around.Clusters) > 0) {
			t.Fatalf("%s\n%s", next, describe(want, have))
		}
		if early := Misplaced(want, have); early != nil && (err == nil || err.Error() != early.Error()) {
			t.Fatalf("refused early, %v, and then %v\n%s", early, err, describe(want, have))
		}
	})
}

func TestAStandbyIsOfTheClusterThatItFollows(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		up := have.Upstream
		if err != nil || up == nil {
			return
		}
		if (has[BaseBackup](next) || next.Final() && want.Mode == pg.Standby) &&
			(up.Major != want.Major || have.Recorded.Mode == pg.Standby && has[BaseBackup](next) && have.Recorded.SystemID != up.SystemID && have.Data.SystemID != up.SystemID ||
				next.Final() && up.SystemID != have.Data.SystemID || want.SystemID != 0 && up.SystemID != want.SystemID) {
			t.Fatalf("follows another cluster: %s\n%s", next, describe(want, have))
		}
	})
}

func TestBecomeIsAlone(t *testing.T) {
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		if err == nil && has[Become](next) && (len(next.Steps) != 1 || !have.Configured || have.Unfinished != Settled) {
			t.Fatalf("%s\n%s", next, describe(want, have))
		}
		if err == nil && len(next.Steps) == 0 {
			t.Fatalf("no steps and no refusal\n%s", describe(want, have))
		}
	})
}

func TestEveryRefusalSaysWhatToDo(t *testing.T) {
	everyState(func(want Want, have Have) {
		_, err := For(want, have)
		var refusal *Refusal
		if err == nil || errors.As(err, &refusal) && refusal.Reason != "" && strings.HasSuffix(refusal.Remedy, ".") && slices.Contains([]int{65, 77, 78}, refusal.Exit) {
			return
		}
		t.Fatalf("%#v\n%s", err, describe(want, have))
	})
}

// TestEveryPlanEndsInPostgres applies each step to a model, round after round.
func TestEveryPlanEndsInPostgres(t *testing.T) {
	everyState(func(want Want, have Have) {
		start := have
		for range 8 {
			next, err := For(want, have)
			if err != nil || next.Final() {
				return
			}
			for _, step := range next.Steps {
				have = effect(want, have, step)
			}
		}
		t.Fatalf("still not postgres\n%s", describe(want, start))
	})
}

// effect is what a step does, in a sentence each.
func effect(want Want, have Have, step Step) Have {
	switch step.(type) {
	case Discard:
		have.Unfinished = Settled
	case AwaitPrimary:
		have.Upstream = &pg.Server{Major: want.Major, SystemID: ours, Timeline: 2}
	case MoveIn, Resume:
		have.Unfinished, have.Relation = Settled, Follows
		have.Data = pg.DataDir{Contents: pg.Cluster, Major: want.Major, SystemID: ours, Timeline: 1, Standby: want.Mode == pg.Standby}
		if have.Upstream != nil {
			have.Data.SystemID, have.Data.Timeline = have.Upstream.SystemID, have.Upstream.Timeline
		}
	case Follow:
		have.Data.Standby = true
	case Configure:
		have.Configured = true
	}
	return have
}

// TestDecisions holds every decision to the reviewed text of them.
func TestDecisions(t *testing.T) {
	golden.Compare(t, "testdata/decisions.txt", decisions())
}
