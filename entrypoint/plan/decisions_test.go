package plan

import (
	"errors"
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// decisions is the text of testdata/decisions.txt: each guard once, then every
// combination of data, record and upstream.
func decisions() string {
	var out strings.Builder
	line := func(title string, want Want, have Have) {
		fmt.Fprintf(&out, "%s\n    -> %s\n", title, decision(want, have))
	}
	out.WriteString("# What a start does, state by state. Written by go test ./entrypoint/plan -update; review a diff as the change itself.\n")
	out.WriteString("\n# Guards, in either mode\n\n")
	for _, mode := range []pg.Mode{pg.Primary, pg.Standby} {
		for _, g := range guards(mode) {
			line(string(mode)+": "+g.title, g.want, g.have)
		}
	}
	out.WriteString("\n# A primary\n\n")
	for _, recorded := range records {
		for _, data := range samples() {
			line(fmt.Sprintf("primary: %s, recorded %s", dataText(data), recordedText(recorded)), Want{Mode: pg.Primary, Major: 13},
				Have{Data: data, Recorded: recorded, Volume: pg.Named, Configured: true})
		}
	}
	out.WriteString("\n# A standby\n\n")
	for _, recorded := range records {
		for _, data := range samples() {
			for _, upstream := range upstreams {
				have := Have{Data: data, Recorded: recorded, Upstream: upstream, Volume: pg.Named, Configured: true}
				if have.Recorded.SystemID == otherCluster && isComparable(have) {
					continue // decided by the data, as in the lines above
				}
				line(fmt.Sprintf("standby: %s, recorded %s, upstream %s", dataText(data), recordedText(recorded), upstreamText(upstream)),
					Want{Mode: pg.Standby, Major: 13, Slot: "s", Verify: true}, have)
			}
		}
	}
	out.WriteString("\n# A standby whose data is of the upstream's cluster, compared with it\n\n")
	for _, relation := range relations[1:] {
		for _, data := range samples()[2:] {
			for _, upstream := range []*pg.Server{upstreams[1], upstreams[2], upstreams[6]} {
				for _, reclone := range both {
					line(fmt.Sprintf("standby: %s, upstream %s, %s, AUTO_REJOIN=%s", dataText(data), upstreamText(upstream), relation, map[bool]string{false: "off", true: "reclone"}[reclone]),
						Want{Mode: pg.Standby, Major: 13, Slot: "s", Verify: true, Reclone: reclone},
						Have{Data: data, Recorded: records[1], Upstream: upstream, Relation: relation, Fork: 0x3000060, Excess: 4096, Volume: pg.Named, Configured: true})
				}
			}
		}
	}
	return out.String()
}

type guard struct {
	title string
	want  Want
	have  Have
}

func guards(mode pg.Mode) []guard {
	cluster := pg.DataDir{Contents: pg.Cluster, Major: 13, SystemID: thisCluster, Timeline: 1, Standby: mode == pg.Standby}
	up := &pg.Server{Major: 13, SystemID: thisCluster, Timeline: 1}
	var all []guard
	add := func(title string, change func(*Want, *Have)) {
		g := guard{title, Want{Mode: mode, Major: 13, Slot: "s", Verify: true}, Have{Dir: dataDir, Data: cluster, Volume: pg.Named, Upstream: up, Configured: true}}
		if mode == pg.Primary {
			g.have.Upstream = nil
		}
		change(&g.want, &g.have)
		all = append(all, g)
	}
	for _, phase := range phases[1:] {
		add("a journal in phase "+string(phase), func(_ *Want, h *Have) { h.Unfinished = phase })
	}
	add("not configured yet", func(_ *Want, h *Have) { h.Configured = false })
	add("two clusters on the volume", func(_ *Want, h *Have) { h.TwoLayouts = true })
	add("files that are no cluster", func(_ *Want, h *Have) {
		h.Data = pg.DataDir{Contents: pg.Foreign, Strangers: "photos, notes.txt"}
	})
	add("a pg_control that cannot be trusted", func(_ *Want, h *Have) { h.Data.Contents = pg.Corrupt })
	add("data of major 15", func(_ *Want, h *Have) { h.Data.Major = 15 })
	add("SYSTEM_ID names another cluster", func(w *Want, _ *Have) { w.SystemID = otherCluster })
	add("a tablespace is not mounted", func(_ *Want, h *Have) { h.Data.Missing = "pg_tblspc/16385 -> /fast" })
	add("recovery.signal", func(_ *Want, h *Have) { h.Data.RecoverySignal = true })
	add("backup_label", func(_ *Want, h *Have) { h.Data.BackupLabel = true })
	add("backup_label, no standby.signal", func(_ *Want, h *Have) { h.Data.BackupLabel, h.Data.Standby = true, false })
	for _, volume := range volumes {
		add(fmt.Sprintf("empty, on volume %s, REQUIRE_VOLUME=on", volume), func(w *Want, h *Have) {
			w.RequireVolume, h.Volume, h.Data = true, volume, pg.DataDir{Contents: pg.Empty}
		})
	}
	for _, a := range surroundings[1:] {
		around := a.around
		add("empty, "+a.title, func(_ *Want, h *Have) {
			h.Data, h.Around, h.Volume = pg.DataDir{Contents: pg.Empty}, around, pg.Anonymous
		})
	}
	add("files that are no cluster, "+surroundings[1].title, func(_ *Want, h *Have) {
		h.Data, h.Around = pg.DataDir{Contents: pg.Foreign, Strangers: "18"}, surroundings[1].around
	})
	add("empty, SYSTEM_ID given", func(w *Want, h *Have) { w.SystemID, h.Data = thisCluster, pg.DataDir{Contents: pg.Empty} })
	add("empty, SYSTEM_ID given and another", func(w *Want, h *Have) { w.SystemID, h.Data = otherCluster, pg.DataDir{Contents: pg.Empty} })
	add("empty, a peer holds a cluster", func(_ *Want, h *Have) {
		h.Peer, h.PeerHasCluster, h.Data = "db2 answers", true, pg.DataDir{Contents: pg.Empty}
	})
	add("empty, PEERS given, and nobody answers", func(w *Want, h *Have) { w.AskPeers, h.Data = true, pg.DataDir{Contents: pg.Empty} })
	add("empty, PEERS given, init scripts", func(w *Want, h *Have) { w.AskPeers, h.Scripts, h.Data = true, true, pg.DataDir{Contents: pg.Empty} })
	add("empty, CLONE_VERIFY=off", func(w *Want, h *Have) { w.Verify, h.Data = false, pg.DataDir{Contents: pg.Empty} })
	add("empty, init scripts", func(_ *Want, h *Have) { h.Scripts, h.Data = true, pg.DataDir{Contents: pg.Empty} })
	if mode == pg.Standby {
		addUpstreams(add)
	}
	add("another cluster, EXISTING_DATA=refuse", func(w *Want, h *Have) { w.KeepExisting, h.Data.SystemID, h.Data.Standby = true, otherCluster, false })
	add("an incomplete cluster, EXISTING_DATA=refuse", func(w *Want, h *Have) {
		w.KeepExisting, h.Data = true, pg.DataDir{Contents: pg.Incomplete, Major: 13}
	})
	return all
}

// addUpstreams adds guards for upstreams that cannot be copied.
func addUpstreams(add func(string, func(*Want, *Have))) {
	add("MASTER_SERVER is this server", func(_ *Want, h *Have) {
		h.UpstreamIsSelf, h.SelfReason = true, "db2 is 10.0.0.12, an address of this container"
	})
	for _, setting := range [][2]string{{"block_size", "32768"}, {"wal_level", "minimal"}, {"max_wal_senders", "1"}} {
		settings := pg.Settings{setting[0]: setting[1]}
		add(fmt.Sprintf("empty, the primary's %s is %s", setting[0], setting[1]), func(_ *Want, h *Have) {
			h.Data, h.Upstream = pg.DataDir{Contents: pg.Empty}, &pg.Server{Major: 13, SystemID: thisCluster, Timeline: 1, Settings: settings}
		})
		add(fmt.Sprintf("the primary's %s is %s", setting[0], setting[1]), func(_ *Want, h *Have) {
			h.Relation, h.Upstream = Follows, &pg.Server{Major: 13, SystemID: thisCluster, Timeline: 1, Settings: settings}
		})
	}
	for _, major := range []int{12, 19} {
		add(fmt.Sprintf("empty, the primary is of major %d", major), func(_ *Want, h *Have) {
			h.Data, h.Upstream = pg.DataDir{Contents: pg.Empty}, &pg.Server{Major: major, SystemID: thisCluster, Timeline: 1}
		})
	}
}

// samples are the data directories in the combinations of decisions.txt.
func samples() []pg.DataDir {
	return []pg.DataDir{
		{Contents: pg.Empty}, {Contents: pg.Incomplete, Major: 13},
		{Contents: pg.Cluster, Major: 13, SystemID: thisCluster, Timeline: 1}, {Contents: pg.Cluster, Major: 13, SystemID: thisCluster, Timeline: 2},
		{Contents: pg.Cluster, Major: 13, SystemID: thisCluster, Timeline: 1, Standby: true}, {Contents: pg.Cluster, Major: 13, SystemID: thisCluster, Timeline: 2, Standby: true},
	}
}

func decision(want Want, have Have) string {
	next, err := For(want, have)
	if err == nil {
		return fmt.Sprintf("%s   (%s)", next, next.Why)
	}
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return fmt.Sprintf("refuse %d: %s", refusal.Exit, refusal)
	}
	return err.Error()
}

func dataText(d pg.DataDir) string {
	if d.Contents != pg.Cluster {
		return string(d.Contents)
	}
	kind := "primary's data"
	if d.Standby {
		kind = "standby's data"
	}
	return fmt.Sprintf("%s on timeline %d", kind, d.Timeline)
}

func recordedText(r Recorded) string {
	switch {
	case r.SystemID == 0:
		return "nothing"
	case r.SystemID == thisCluster:
		return "this cluster as " + string(r.Mode)
	}
	return "another cluster as " + string(r.Mode)
}

func upstreamText(s *pg.Server) string {
	switch {
	case s == nil:
		return "silent"
	case s.SystemID == olderCluster:
		return "of an older cluster"
	case s.SystemID != thisCluster:
		return "of a younger cluster"
	case s.Major != 13:
		return "of major 15"
	case s.InRecovery:
		return "in recovery"
	}
	return fmt.Sprintf("on timeline %d", s.Timeline)
}
