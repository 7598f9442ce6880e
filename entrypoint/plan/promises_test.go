package plan

import (
	"errors"
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// promises hold in every state. A refusal has no steps, and so keeps every promise
// about steps.
var promises = []struct {
	name string
	kept func(answer) bool
}{
	{"there are steps or a refusal and never both", answer.hasStepsOrRefusal},
	{"become is alone and comes last", answer.becomesAlone},
	{"every refusal says what to do", answer.saysWhatToDo},
	{"every plan ends in postgres, by the effect of each step", answer.endsInPostgres},
	{"nothing is overwritten", answer.overwritesNothing},
	{"old data goes aside only beside a verified copy", answer.setsAsideForACopy},
	{"nothing moves before the new data is durable", answer.movesWhatIsDurable},
	{"a cluster is given up only by a new standby or on request", answer.givesUpOnRequest},
	{"a former primary follows only without loss", answer.followsWithoutLoss},
	{"no cluster is opened in another mode than asked for", answer.opensAsAsked},
	{"no cluster is made where one was", answer.makesFirstCluster},
	{"nothing is begun beside a cluster", answer.beginsAlone},
	{"the look before a start refuses as the start does", answer.isRefusedEarly},
	{"a standby is of the cluster that it follows", answer.followsItsCluster},
	{"a standby's data is served beside a cluster that was made anew", answer.servesTheOnlyCopy},
	{"a server does not follow itself", answer.followsAnother},
}

func (a answer) hasStepsOrRefusal() bool { return (len(a.next.Steps) == 0) == (a.err != nil) }

func (a answer) becomesAlone() bool {
	return !has[Become](a.next) || len(a.next.Steps) == 1 && a.have.Configured && a.have.Unfinished == pg.NoChange
}

func (a answer) saysWhatToDo() bool {
	var refusal *Refusal
	return a.err == nil || errors.As(a.err, &refusal) && refusal.Reason != "" && strings.HasSuffix(refusal.Remedy, ".") && slices.Contains([]int{65, 77, 78}, refusal.Exit)
}

// endsInPostgres applies each step to a model, round after round.
func (a answer) endsInPostgres() bool {
	have := a.have
	for range 8 {
		next, err := For(a.want, have)
		if err != nil || next.Final() {
			return true
		}
		for _, step := range next.Steps {
			have = effect(a.want, have, step)
		}
	}
	return false
}

// effect is the model's state after a step.
func effect(want Want, have Have, step Step) Have {
	switch step.(type) {
	case Discard:
		have.Unfinished = pg.NoChange
	case AwaitPrimary:
		have.Upstream = &pg.Server{Major: want.Major, SystemID: thisCluster, Timeline: 2}
	case MoveIn, Resume:
		have.Unfinished, have.Relation = pg.NoChange, Follows
		have.Data = pg.DataDir{Contents: pg.Cluster, Major: want.Major, SystemID: thisCluster, Timeline: 1, Standby: want.Mode == pg.Standby}
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

func (a answer) overwritesNothing() bool {
	in, aside := slices.Index(a.next.Steps, Step(MoveIn{})), slices.Index(a.next.Steps, Step(SetAside{}))
	return in < 0 || a.have.Data.Contents == pg.Empty || 0 <= aside && aside < in
}

func (a answer) setsAsideForACopy() bool {
	aside := slices.Index(a.next.Steps, Step(SetAside{}))
	if aside < 0 {
		return true
	}
	earlier := Plan{Steps: a.next.Steps[:aside]}
	return has[BaseBackup](earlier) && has[FollowConf](earlier) && (has[Verify](earlier) || !a.want.Verify)
}

func (a answer) movesWhatIsDurable() bool {
	sync := slices.Index(a.next.Steps, Step(Sync{}))
	for i, step := range a.next.Steps {
		moves := step == Step(SetAside{}) || step == Step(MoveIn{})
		if has[MoveIn](a.next) && (sync < 0 || moves != (i > sync)) {
			return false
		}
	}
	return true
}

func (a answer) givesUpOnRequest() bool {
	want, have, up := a.want, a.have, a.have.Upstream
	if have.Data.Contents != pg.Cluster || !has[SetAside](a.next) {
		return true
	}
	if up != nil && up.SystemID == have.Data.SystemID {
		left := have.Relation == Diverged || have.Relation == Ahead
		return want.Reclone && left && !up.InRecovery && up.Timeline >= have.Data.Timeline
	}
	return want.Mode == pg.Standby && !want.KeepExisting && have.Recorded.Mode != pg.Standby && !have.Data.Standby && up != nil && have.Data.Major == want.Major
}

func (a answer) followsWithoutLoss() bool {
	return !has[Follow](a.next) || a.have.Relation == Follows && a.want.Mode == pg.Standby && a.have.Data.SystemID == a.have.Upstream.SystemID
}

// opensAsAsked checks backup_label too: opening a copy read-write before it has
// recovered damages it.
func (a answer) opensAsAsked() bool {
	data, primary := a.have.Data, a.want.Mode == pg.Primary
	return !a.next.Final() || data.Contents == pg.Cluster && !data.RecoverySignal && data.Standby == !primary && !(data.BackupLabel && primary)
}

func (a answer) makesFirstCluster() bool {
	want, have := a.want, a.have
	return !has[InitDB](a.next) || want.Mode == pg.Primary && want.SystemID == 0 && have.Recorded.SystemID == 0 && !have.PeerHasCluster &&
		have.Data.Contents == pg.Empty && have.Around.Elsewhere == "" && len(have.Around.Clusters) == 0 && (!want.RequireVolume || have.Volume == pg.Named)
}

func (a answer) beginsAlone() bool {
	empty := a.have.Data.Contents == pg.Empty || a.have.Data.Contents == pg.Foreign
	alone := a.have.Around.Elsewhere == "" && len(a.have.Around.Clusters) == 0
	return a.err != nil || !empty || alone || a.have.Unfinished != pg.NoChange
}

func (a answer) isRefusedEarly() bool {
	early := Misplaced(a.want, a.have)
	return early == nil || a.err != nil && a.err.Error() == early.Error()
}

func (a answer) followsItsCluster() bool {
	want, data, recorded, up := a.want, a.have.Data, a.have.Recorded, a.have.Upstream
	copies, starts := has[BaseBackup](a.next), a.next.Final() && want.Mode == pg.Standby
	switch {
	case up == nil || !copies && !starts:
		return true
	case starts && data.Standby && up.SystemID.After(data.SystemID): // it is served, and follows nobody
		return true
	case up.Major != want.Major, want.SystemID != 0 && up.SystemID != want.SystemID:
		return false
	case copies:
		return recorded.Mode != pg.Standby || recorded.SystemID == up.SystemID || data.SystemID == up.SystemID
	}
	return data.SystemID == up.SystemID
}

// servesTheOnlyCopy holds where nothing else is wrong with the data, and nobody asked
// for another cluster.
func (a answer) servesTheOnlyCopy() bool {
	want, data, up := a.want, a.have.Data, a.have.Upstream
	anew := up != nil && up.SystemID.After(data.SystemID) && data.Contents == pg.Cluster && data.Standby && want.Mode == pg.Standby
	wrong := a.have.TwoLayouts || data.RecoverySignal || data.Major != want.Major || want.SystemID != 0 && want.SystemID != data.SystemID
	return !anew || wrong || a.have.Unfinished != pg.NoChange || a.next.Final() || has[Configure](a.next)
}

// followsAnother asks For again, with this server as its own upstream.
func (a answer) followsAnother() bool {
	a.have.UpstreamIsSelf, a.have.SelfReason = true, "it is"
	_, err := For(a.want, a.have)
	return err != nil || a.want.Mode != pg.Standby || a.have.Unfinished != pg.NoChange
}
