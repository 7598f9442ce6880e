//go:build integration

package integration

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// patience is how long a start may take until it streams or serves. A slot
// whose connection was cut stays in use for up to 42 s.
const patience = 90 * time.Second

// An outcome is what one trial came to.
type outcome struct {
	kills   int
	phases  []string // of the journal, after each kill
	problem string
	took    time.Duration
}

// try gives a volume to a flow, kills it at each of the moments, one start
// after the other, then lets it finish. After each kill and at the end nothing
// may be lost, and nothing may be there that could be taken for a primary.
func (l *lab) try(f flow, kills ...moment) (result outcome) {
	l.t.Helper()
	began := time.Now()
	defer func() { result.took = time.Since(began) }()
	volume := l.volume(f)
	defer l.clear(volume)
	for _, k := range kills {
		var killed bool
		if killed, result.problem = l.do(f, volume, k); result.problem != "" {
			return result
		}
		if !killed {
			continue
		}
		result.kills++
		seen := l.look(volume)
		result.phases = append(result.phases, seen.phase)
		if result.problem = l.safe(f, seen); result.problem != "" {
			result.problem = fmt.Sprintf("after the kill, journal phase %q: %s", seen.phase, result.problem)
			return result
		}
	}
	c := l.serve(f, volume)
	defer docker("rm", "--force", "--volumes", c.ID)
	if result.problem = l.arrive(f, c, volume); result.problem != "" {
		result.problem += "\n" + c.Logs()
	}
	return result
}

// safe says what is wrong with a volume that nobody uses.
func (l *lab) safe(f flow, seen contents) string {
	if f.before {
		if name := seen.missing(l.old.files); name != "" {
			return "the old cluster's " + name + " is nowhere"
		}
	}
	for place, id := range seen.clusters {
		if f.standby() && id != l.old.id {
			return "postgres would open a standby's volume read-write, at " + place
		}
	}
	return ""
}

// arrive waits until a container does its work, and says what is wrong with
// its server and its volume.
func (l *lab) arrive(f flow, c Container, volume string) string {
	l.t.Helper()
	check := l.serves
	if f.standby() {
		check = l.streams
	}
	if problem := check(f, c); problem != "" {
		return problem
	}
	if problem := l.spoke(f, c); problem != "" {
		return problem
	}
	if others := strangers(c); len(others) > 0 {
		return fmt.Sprintf("other processes than postgres run: %q", others)
	}
	return l.settled(f, l.look(volume))
}

// settled says what is wrong with the volume of a server that runs.
func (l *lab) settled(f flow, seen contents) string {
	if seen.phase != "" || len(seen.folders) > 0 {
		return fmt.Sprintf("the journal is left in phase %q, and folders %q", seen.phase, seen.folders)
	}
	if !f.before || !f.standby() {
		return ""
	}
	var aside []string
	for name := range seen.files {
		if at := strings.Index(name, "data_old-"); at >= 0 {
			folder, _, _ := strings.Cut(name[at:], "/")
			aside = append(aside, name[:at]+folder)
		}
	}
	slices.Sort(aside)
	if aside = slices.Compact(aside); len(aside) != 1 {
		return fmt.Sprintf("the old data is in %d folders: %q", len(aside), aside)
	}
	if name := seen.holds(aside[0], l.old.files); name != "" {
		return "the old cluster's " + name + " is not in " + aside[0] + " as it was"
	}
	return ""
}

// strangers are the programs in a container that are not postgres, nor the
// strace above it.
func strangers(c Container) []string {
	c.t.Helper()
	processes, err := docker("top", c.ID, "-o", "pid,comm")
	if err != nil {
		return []string{err.Error()}
	}
	found := map[string]bool{}
	for line := range strings.Lines(processes) {
		if words := strings.Fields(line); words[0] != "PID" && words[1] != "postgres" && words[1] != "loader" {
			found[words[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// clear removes a volume, and what its containers used on the primary.
func (l *lab) clear(volume string) {
	l.t.Helper()
	l.helper.Exec("rm", "-rf", "/lab/"+volume)
	if l.session == nil {
		return
	}
	if !within(patience, func() bool {
		l.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_replication")
		return l.ask("SELECT count(*) FROM pg_stat_replication") == "0"
	}) {
		l.t.Fatal("a replication connection does not end")
	}
	l.ask("SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots")
}
