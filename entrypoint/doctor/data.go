package doctor

import (
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// Data judges the content of the data directory, and a change of it that a start
// did not finish.
func Data(s Seen) []Finding {
	if s.Data == nil {
		return nil
	}
	found := append(serverAnswers(s), dataContents(s))
	if s.Data.Contents == pg.Cluster {
		found = append(found, standbySignal(s))
	}
	if s.UpstreamHistory != "" {
		found = append(found, timeline(s))
	}
	return append(found, unfinishedChange(s)...)
}

// serverAnswers judges whether a server answers. A stopped server is no problem
// where nothing uses the volume.
func serverAnswers(s Seen) []Finding {
	switch {
	case s.Server != nil:
		return []Finding{{ID: "server", Text: "the server answers"}}
	case s.refusesLogin():
		found := []Finding{{s.NoAnswer.ID, Critical, s.NoAnswer.Text, s.NoAnswer.Fix}}
		if seen := outside(s); seen.Level != OK {
			found = append(found, seen)
		}
		return found
	case s.NoAnswer != nil && s.NoAnswer.ID != "refused":
		return []Finding{{"server", Critical, s.NoAnswer.Text, s.NoAnswer.Fix}}
	case s.Volume != nil && s.Volume.InUse:
		return []Finding{{"server", Warning, "no server answers here, though the volume is in use: a start is still at work, or another container runs on it",
			"Look what it does: " + s.Mode.Service().LogTail()}}
	}
	return []Finding{{ID: "server", Text: "no server runs on this volume"}}
}

func dataContents(s Seen) Finding {
	d := *s.Data
	bad := Finding{ID: "data", Level: Critical}
	switch d.Contents {
	case pg.Empty:
		if s.Peer != "" {
			bad.Text = "the data directory is empty, and a server of PEERS holds a cluster, which a start refuses: " + s.Peer
			bad.Fix = "That may be the only copy. See what to do: " + s.Mode.Service().Run("plan")
			return bad
		}
		if s.Volume == nil || len(s.Volume.Around.Clusters) == 0 {
			return Finding{ID: "data", Text: "the data directory is empty"}
		}
		other := s.Volume.Around.Clusters[0]
		bad.Text = fmt.Sprintf("the data directory %s is empty, and a cluster of PostgreSQL %d lies in %s: a start refuses that", s.Volume.Dir, other.Major, other.Dir)
		bad.Fix = "See what to do: " + s.Mode.Service().Run("plan")
	case pg.Cluster:
		if d.Missing == "" {
			return Finding{ID: "data", Text: fmt.Sprintf("the data directory holds cluster %s of PostgreSQL %d, on timeline %d", d.SystemID, d.Major, d.Timeline)}
		}
		bad.Text, bad.Fix = "a folder that the cluster needs is not there: "+d.Missing, "Mount it at the same place again, then "+s.Mode.Service().Up()
	case pg.Foreign:
		bad.Text, bad.Fix = "the data directory holds files that are no cluster: "+d.Strangers, "Move them out of the volume, or mount another one, then "+s.Mode.Service().Up()
	case pg.Corrupt:
		bad.Text, bad.Fix = "global/pg_control cannot be trusted: it is damaged or cut short", "Restore the volume from a backup; a standby can be copied anew: move its data out of the volume, then "+s.Mode.Service().Up()
	default:
		bad.Text, bad.Fix = "the data directory holds an incomplete cluster: an initdb or a copy by another program was cut short", "If nothing in it is needed, move it out of the volume, then "+s.Mode.Service().Up()
	}
	return bad
}

// standbySignal compares standby.signal with what this server is to be, and with
// what it is.
func standbySignal(s Seen) Finding {
	const id = "standby-signal"
	there := s.Data.Standby
	switch {
	case s.Server != nil && s.Server.InRecovery && !there && s.Mode == pg.Standby:
		return Finding{id, Critical, "this standby has lost its standby.signal: its next start would open read-write",
			"Put it back: " + pg.Slave.ExecAs("postgres", `sh -c 'touch "$PGDATA/standby.signal"'`)}
	case s.Mode == pg.Primary && there:
		return Finding{id, Critical, "standby.signal is there, and REPLICATION_MODE is primary: a start refuses that",
			"Start it with REPLICATION_MODE: standby and MASTER_SERVER under environment of its service, then " + pg.Master.Up() + "; that can be promoted: " + pg.Master.Psql("SELECT pg_promote()")}
	case s.Mode == pg.Standby && !there && s.Server == nil:
		return Finding{id, Warning, "the data is a former primary's: a start follows only where its upstream lacks nothing of it",
			"See what a start would do: " + pg.Slave.Run("plan")}
	case there:
		return Finding{ID: id, Text: "standby.signal is there, as a standby needs it"}
	}
	return Finding{ID: id, Text: "there is no standby.signal, as on a primary"}
}

// timeline judges whether this server's timeline belongs to its upstream's history.
func timeline(s Seen) Finding {
	here, there := s.timeline(), s.Upstream.Timeline
	bad := Finding{ID: "timeline", Level: Critical}
	switch s.UpstreamHistory {
	case pg.Parted:
		bad.Text = fmt.Sprintf("this server, on timeline %d, and its upstream, on timeline %d, went ways of their own", here, there)
		bad.Fix = "To give up what is only here, AUTO_REJOIN=reclone " + pg.Slave.Up() + "; to keep it, point MASTER_SERVER at the server that has it."
	case pg.Descendant:
		bad.Text = fmt.Sprintf("this server is on timeline %d, its upstream still on timeline %d: it was promoted after it", here, there)
		bad.Fix = "Point MASTER_SERVER at the server that was promoted last. If that is this one, write REPLICATION_MODE: primary under environment of its service, then " + pg.All.Up() + "."
	case pg.Ancestor:
		return Finding{ID: "timeline", Text: fmt.Sprintf("the upstream is on timeline %d, and this server, on timeline %d, can follow there", there, here)}
	default:
		return Finding{ID: "timeline", Text: fmt.Sprintf("both sides are on timeline %d", here)}
	}
	return bad
}

func (s Seen) timeline() pg.Timeline {
	if s.Server != nil {
		return s.Server.Timeline
	}
	return s.Data.Timeline
}

// unfinishedChange judges a copy, or the creation of a cluster, that a start began
// and did not finish.
func unfinishedChange(s Seen) []Finding {
	kind, what := "half-made-copy", "a base backup"
	if s.Volume == nil || s.Volume.Unfinished == pg.NoChange {
		return []Finding{{ID: kind, Text: "no copy was cut short"}, {ID: "half-made-init", Text: "no initdb was cut short"}}
	}
	if strings.HasPrefix(s.Volume.Staging, "init-") {
		kind, what = "half-made-init", "an initdb"
	}
	next := "the next start throws it away and begins again"
	if s.Volume.Unfinished != pg.Staging {
		next = "the data is whole, and the next start goes on to put it in its place"
	}
	if s.Volume.InUse {
		return []Finding{{ID: kind, Text: what + " is under way"}}
	}
	return []Finding{{kind, Warning, what + " was cut short: " + next, s.Mode.Service().Up()}}
}
