package plan

import (
	"fmt"

	"pgreplica/entrypoint/pg"
)

// standby decides for a server that follows another.
func standby(want Want, have Have) (Plan, error) {
	data, upstream := have.Data, have.Upstream
	switch {
	case have.UpstreamIsSelf:
		return refuse(exitConfig, "MASTER_SERVER is this server itself", have.SelfReason,
			"Set MASTER_SERVER and MASTER_PORT to the primary's name or address and its published port, MASTER_SERVER=10.0.0.11 for example.")
	case data.Contents == pg.Cluster && upstream != nil && data.SystemID == upstream.SystemID && data.Major == upstream.Major:
		return sameCluster(want, have)
	case data.Contents == pg.Cluster && data.Standby:
		return existingStandby(have)
	case data.Contents == pg.Cluster && have.Recorded.Mode == pg.Standby:
		return refuseFormerStandby(have)
	case data.Contents != pg.Empty && want.KeepExisting:
		return refuse(exitData, "a new standby found existing data, and EXISTING_DATA is refuse", existingText(data),
			"Move it away, or set EXISTING_DATA=backup to have it set aside.")
	case upstream == nil:
		return next("the primary does not answer", AwaitPrimary{})
	}
	return newStandby(want, have)
}

// newStandby copies the upstream, which has answered. It refuses a volume that
// held a standby of another cluster, or another cluster whose data is gone:
// MASTER_SERVER is probably wrong.
func newStandby(want Want, have Have) (Plan, error) {
	data, upstream := have.Data, have.Upstream
	followed := have.Recorded.Mode == pg.Standby || data.Contents == pg.Empty
	switch {
	case upstream.Major != want.Major:
		return refuseOtherMajor(want, *upstream)
	case want.SystemID != 0 && upstream.SystemID != want.SystemID:
		return refuse(exitData, "the server at MASTER_SERVER is of another cluster than SYSTEM_ID says", fmt.Sprintf("it is of %s, SYSTEM_ID is %s", upstream.SystemID, want.SystemID),
			"Check MASTER_SERVER and MASTER_PORT, or correct SYSTEM_ID.")
	case have.Recorded.SystemID != 0 && upstream.SystemID != have.Recorded.SystemID && followed:
		return refuse(exitData, "this volume has held another cluster than the one at MASTER_SERVER", fmt.Sprintf("it held %s, the primary is of %s", have.Recorded.SystemID, upstream.SystemID),
			"Check MASTER_SERVER and MASTER_PORT. To follow the other cluster, use an empty volume.")
	}
	if err := checkUpstream(*upstream); err != nil {
		return Plan{}, err
	}
	switch data.Contents {
	case pg.Empty:
		return clone("data directory is empty", want)
	case pg.Incomplete:
		return clone("data directory holds an incomplete cluster", want, SetAside{})
	}
	return clone("data directory holds a cluster that never followed this primary", want, SetAside{})
}

// existingStandby starts a standby's data where its upstream does not answer, and
// where that was made anew, as after a lost disk: the data may be all that is left,
// and PostgreSQL follows no other cluster. Another upstream that answers is of an
// older cluster or another major version here, and is refused; sameCluster decides
// on the others.
func existingStandby(have Have) (Plan, error) {
	data, upstream := have.Data, have.Upstream
	switch {
	case upstream == nil:
		return start("data directory is a standby's", have)
	case upstream.SystemID.After(data.SystemID):
		return start("data directory is a standby's, and "+pg.Younger, have)
	case upstream.SystemID != data.SystemID:
		return refuse(exitData, "the server at MASTER_SERVER is of another cluster", fmt.Sprintf("the data is of %s, the primary of %s", data.SystemID, upstream.SystemID),
			"To follow the other cluster, give this server an empty volume and keep the one that it has. Otherwise correct MASTER_SERVER and MASTER_PORT, then "+pg.Slave.Up()+".")
	}
	return refuse(exitData, "the primary is of another major version", fmt.Sprintf("the primary is PostgreSQL %d, the data is %d", upstream.Major, data.Major),
		"Upgrade this standby by copying it anew: use an empty volume and the primary's version.")
}

// refuseFormerStandby refuses a standby's data that has no standby.signal any more
// and could not be compared with an upstream: PostgreSQL would open it read-write.
func refuseFormerStandby(have Have) (Plan, error) {
	if have.Recorded.Timeline < have.Data.Timeline {
		return refuse(exitSafety, "this standby was promoted",
			fmt.Sprintf("timeline %d, it followed on timeline %d, REPLICATION_MODE is standby", have.Data.Timeline, have.Recorded.Timeline),
			"If it is the primary now, write REPLICATION_MODE: primary under environment of its service, then "+pg.All.Up()+". If it is to follow again, start it while its primary answers.")
	}
	return refuse(exitSafety, "standby.signal is gone from a standby's data directory", "started like this it would be a second primary on the same timeline",
		"If it was never opened for writing, put the file back: touch standby.signal. Otherwise start it while its primary answers.")
}

// sameCluster decides for data that shares its system identifier with the
// upstream, a standby's or a former primary's.
func sameCluster(want Want, have Have) (Plan, error) {
	data, upstream := have.Data, have.Upstream
	cascade := upstream.InRecovery && data.Standby // such an upstream may have received less than this standby
	switch have.Relation {
	case Successor:
		return refuse(exitSafety, "this server was promoted after the one at MASTER_SERVER", fmt.Sprintf("it is on timeline %d, that server on timeline %d", data.Timeline, upstream.Timeline),
			"If it is the primary now, write REPLICATION_MODE: primary under environment of its service, then "+pg.All.Up()+", and let the other one follow it. Otherwise point MASTER_SERVER at the server that was promoted last.")
	case Diverged:
		return rejoin(want, have, "the data has left the history of the server at MASTER_SERVER", lossText(have))
	case Ahead:
		if cascade {
			return start("data directory is a standby's, and its upstream is not as far yet", have)
		}
		return rejoin(want, have, "the data is ahead of the server at MASTER_SERVER", lossText(have))
	case Follows:
		if data.Standby {
			return start("data directory is a standby's", have)
		}
		return next("the former primary holds nothing that its upstream lacks", Follow{})
	}
	switch { // the data and the upstream could not be compared
	case data.Standby && upstream.Timeline < data.Timeline && !upstream.InRecovery:
		return refuse(exitData, "the data has left the history of the server at MASTER_SERVER", fmt.Sprintf("it is on timeline %d, that server on timeline %d", data.Timeline, upstream.Timeline),
			"Point MASTER_SERVER at the server that was promoted last.")
	case data.Standby:
		return start("data directory is a standby's", have)
	case have.Recorded.Mode == pg.Standby:
		return refuseFormerStandby(have)
	}
	return refuse(exitData, "data directory was a primary of the same cluster", fmt.Sprintf("system identifier %s, timeline %d, the primary is on timeline %d; the two could not be compared", data.SystemID, data.Timeline, upstream.Timeline),
		"It may hold rows that the primary lacks. Start it again while the primary answers; or keep them: move the data away by hand, and the standby is copied anew.")
}

// rejoin sets diverged data aside for a new copy where AUTO_REJOIN=reclone. It
// refuses an upstream that is in recovery or on an older timeline, because that
// server may be the wrong one to copy.
func rejoin(want Want, have Have, reason, evidence string) (Plan, error) {
	switch {
	case !want.Reclone:
		return refuse(exitData, reason, evidence,
			"To give these changes up, set AUTO_REJOIN=reclone: the data is set aside and the server copied anew. To keep them, point MASTER_SERVER at the server that has them.")
	case have.Upstream.InRecovery || have.Upstream.Timeline < have.Data.Timeline:
		return refuse(exitSafety, reason, evidence+"; the server at MASTER_SERVER is a standby itself, or on an older timeline",
			"Point MASTER_SERVER at the primary, then start again.")
	}
	if err := checkUpstream(*have.Upstream); err != nil {
		return Plan{}, err
	}
	return clone(reason+", and AUTO_REJOIN is reclone", want, SetAside{})
}

// lossText says which part of the data the upstream does not have.
func lossText(have Have) string {
	text := fmt.Sprintf("from %s on, timeline %d here and %d there", have.Fork, have.Data.Timeline, have.Upstream.Timeline)
	if have.Excess > 0 {
		text += fmt.Sprintf("; %d bytes of WAL here are not there", have.Excess)
	}
	return text
}

// clone copies the upstream; aside is SetAside where the data directory is not
// empty.
func clone(why string, want Want, aside ...Step) (Plan, error) {
	steps := []Step{ReserveSlot{want.Slot}, BaseBackup{want.Slot}}
	if want.Verify {
		steps = append(steps, Verify{})
	}
	steps = append(append(steps, FollowConf{}, Sync{}), aside...)
	return next(why, append(steps, MoveIn{})...)
}

func existingText(data pg.DataDir) string {
	if data.Contents == pg.Cluster {
		return fmt.Sprintf("a cluster with system identifier %s", data.SystemID)
	}
	return "an incomplete cluster"
}
