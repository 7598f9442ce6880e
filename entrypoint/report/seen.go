package report

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

// Of is the report of what was found.
func Of(seen doctor.Seen) Report {
	r := Report{At: seen.Now}
	for _, old := range seen.Aside {
		r.Aside = append(r.Aside, oldData(seen, old))
	}
	if seen.Server == nil {
		r.addAbsent(seen)
	} else {
		r.addServer(seen)
	}
	return r
}

// addServer fills in the report of a server that answers.
func (r *Report) addServer(seen doctor.Seen) {
	here := seen.Server
	r.Version, r.System = here.Version, here.SystemID
	r.Synchronous = here.Commits.Names != "" && !here.InRecovery
	healthy := "the standby streams from its primary"
	if here.InRecovery {
		if here.ApplyDelay > 0 {
			healthy += ", and shows each change " + doctor.Span(here.ApplyDelay) + " later"
		}
		r.Nodes = append(r.Nodes, upstreamRow(seen), r.nameThis(standbyRow(seen)))
	} else {
		healthy = "the primary runs, " + standbysText(here.Streams)
		r.Nodes = append(r.Nodes, r.nameThis(thisRow(seen, "primary", pg.Primary, "running")))
	}
	for _, f := range seen.Followers {
		r.Nodes = append(r.Nodes, followerRow(f))
	}
	if seen.StandbySlot != nil {
		r.Slots = append(r.Slots, upstreamSlotRow(seen))
	}
	r.Slots = append(r.Slots, Slots(seen)...)
	found := append(append(doctor.Commits(seen), doctor.State(seen)...), doctor.Slots(seen)...)
	r.summarize(healthy, append(found, doctor.Files(seen)...))
}

// addAbsent fills in the report of a server that does not answer, from its volume.
func (r *Report) addAbsent(seen doctor.Seen) {
	state, why := doctor.Absence(seen)
	r.System = seen.Data.SystemID
	if seen.Data.Contents == pg.Cluster {
		r.Nodes = []NodeRow{r.nameThis(restingRow(seen, state))}
	}
	r.summarize("", []doctor.Finding{why})
}

// nameThis makes the name of a row the name of this container's server.
func (r *Report) nameThis(row NodeRow) NodeRow {
	r.This = row.Name
	return row
}

// restingRow is the row of a cluster whose server does not run.
func restingRow(seen doctor.Seen, state string) NodeRow {
	row := unknownRow(string(seen.Mode), pg.Primary, state)
	row.This, row.Expected, row.Timeline, row.Trouble = true, seen.Mode, seen.Data.Timeline, doctor.Critical
	if seen.Data.Standby {
		row.Role = pg.Standby
	}
	if stopped := seen.Stopped; stopped != nil {
		row.State, row.Timeline, row.LSN = stopped.State, stopped.Timeline, stopped.LSN
	}
	return row
}

func standbysText(standbys int) string {
	if standbys == 1 {
		return "1 standby streams"
	}
	return strconv.Itoa(standbys) + " standbys stream"
}

// thisRow is the row of this container's server.
func thisRow(seen doctor.Seen, name string, role pg.Mode, state string) NodeRow {
	row := unknownRow(cmp.Or(seen.Server.ClusterName, name), role, state)
	row.This, row.Expected = true, seen.Mode
	row.Timeline, row.LSN, row.Heard = seen.Server.Timeline, seen.Server.LSN, 0
	row.Trouble = doctor.Worst(doctor.State(seen)).Level
	return row
}

// standbyRow is the row of this container's server where it is a standby. Behind
// needs the primary's answer; without that, AtLeast is what has been received and not
// yet replayed.
func standbyRow(seen doctor.Seen) NodeRow {
	here := seen.Server
	row := thisRow(seen, "standby", pg.Standby, "not connected")
	row.HeldBack = here.ApplyDelay
	row.AtLeast, row.Unapplied, row.Heard = here.Behind(), int64(max(here.Received, here.LSN)-here.LSN), -1
	if up := seen.Upstream; up != nil && isAhead(seen) {
		row.Behind = int64(max(up.LSN, here.LSN) - here.LSN)
		row.Unflushed = int64(max(up.LSN, here.Received, here.LSN) - max(here.Received, here.LSN))
	}
	if here.Receiver != nil {
		row.Heard = here.Receiver.Heard
	}
	if here.Receives() {
		row.State = here.Receiver.Status
		if row.Behind < 0 {
			row.Behind = here.Behind()
		}
		row.Delay = delay(row.Behind, here.Delay)
	}
	return row
}

// isAhead says whether the upstream is where this standby will come to, so that the
// distance is known: it is of the same cluster and the same history, and not behind.
func isAhead(seen doctor.Seen) bool {
	here, up, why := seen.Server, seen.Upstream, seen.UpstreamFault
	switch {
	case up.SystemID != here.SystemID, up.Timeline < here.Timeline, up.LSN < here.LSN:
		return false
	case why == nil || up.Timeline == here.Timeline:
		return why == nil || why.ID != doctor.Diverged
	}
	return why.ID == doctor.NeedsCopy || why.ID == doctor.NeedsArchive || strings.HasPrefix(why.ID, "slot-")
}

// delay is how late a streaming standby is: 0 where it is not behind, and -1 where
// that was not measured.
func delay(behind int64, measured time.Duration) time.Duration {
	switch {
	case behind == 0:
		return 0
	case behind > 0 && measured > 0:
		return measured
	}
	return -1
}

// upstreamRow is the row of the server that this one follows.
func upstreamRow(seen doctor.Seen) NodeRow {
	up := seen.Upstream
	row := unknownRow("primary", "", "not asked")
	if seen.Link != nil {
		row.Name, row.Address = seen.Link.Host, seen.Link.Address
	} else if receiver := seen.Server.Receiver; receiver != nil {
		row.Address = pg.Address(receiver.Host, receiver.Port)
	}
	switch {
	case up != nil:
		row.Role, row.State, row.Timeline, row.LSN, row.Heard = pg.Primary, "running", up.Timeline, up.LSN, 0
		if up.InRecovery {
			row.Role = pg.Standby
		}
	case seen.UpstreamFault != nil:
		row.State, row.Trouble = "no answer", doctor.Unknown
	}
	return row
}

func followerRow(f pg.Follower) NodeRow {
	row := unknownRow(f.Name, pg.Standby, f.State)
	if f.State == "backup" {
		row.Role = ""
	}
	row.Address, row.SyncState, row.Heard = f.Addr, f.SyncState, f.Heard
	row.Behind, row.Unsent, row.Unflushed, row.Unapplied = f.Behind, f.Unsent, f.Unflushed, f.Unapplied
	row.Delay = delay(f.Behind, f.Delay)
	return row
}
