package report

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/integration/golden"
)

// examples are what a look may have found, by the names of their golden files.
func examples() map[string]doctor.Seen {
	const limit = 1 << 30
	at := pg.LSN(0x5000060)
	primary := pg.Health{Version: "13.23 (Debian 13.23-0+deb11u4)", SystemID: 7711145725932879278, Timeline: 1, LSN: at, Streams: 2}
	receiver := &pg.Receiver{Status: "streaming", Slot: "replica_1", End: at, Heard: 1200 * time.Millisecond, Timeout: time.Minute}
	standby := pg.Health{Version: "17.6", ClusterName: "replica_1", SystemID: primary.SystemID, Timeline: 1, InRecovery: true, Slot: "replica_1",
		LSN: at, Received: at, Receiver: receiver}
	behind := standby
	behind.LSN, behind.Received, behind.Delay = at-12<<20, at-1<<20, 41*time.Second
	delayed := behind
	delayed.ApplyDelay, delayed.Delay, delayed.HeldBack = 40*time.Second, 41*time.Second, true
	cut := behind
	cut.Receiver = nil
	restores := cut
	restores.Restores = true
	up := &pg.Server{Version: "17.6", SystemID: primary.SystemID, Timeline: 1, LSN: at}
	own := &pg.Slot{Name: "replica_1", Kept: 0, Limit: limit, Left: limit, WALStatus: ""}
	refused := &pg.Fault{ID: "refused", Text: "nothing listens on db1:5533", Fix: "It is down, or MASTER_PORT is another's: docker compose logs master"}
	slots := []pg.Slot{
		{Name: "replica_1", Active: true, WALStatus: "reserved", Limit: limit, Left: limit},
		{Name: "pgreplica_3d278f441531", Active: true, WALStatus: "extended", Kept: 900 << 20, Limit: limit, Left: 124 << 20},
		{Name: "old_replica", WALStatus: "reserved", Kept: 34<<20 + 1<<19, Limit: limit, Left: 990 << 20, InactiveSince: time.Date(2026, 11, 20, 1, 2, 3, 0, time.UTC)},
	}
	followers := []pg.Follower{
		{Name: "pgreplica_3d278f441531", Slot: "pgreplica_3d278f441531", State: "streaming", SyncState: "async", Addr: "10.0.0.13",
			Behind: 12 << 20, Unsent: 1 << 20, Unflushed: 1 << 20, Unapplied: 10 << 20, Delay: 41 * time.Second, Heard: 300 * time.Millisecond},
		{Name: "pg_basebackup", State: "backup", Addr: "10.0.0.14", Behind: -1, Unsent: -1, Unflushed: -1, Unapplied: -1, Delay: -1, Heard: -1},
		{Name: "replica_1", Slot: "replica_1", State: "streaming", SyncState: "async", Addr: "10.0.0.12", Delay: -1, Heard: time.Second},
	}
	old := []doctor.OldData{{Folders: []string{"/data/data_old-20261120T010203Z"}, Bytes: 41 << 20, Whole: true}}
	return map[string]doctor.Seen{
		"primary": onMaster(doctor.Seen{Server: &primary, Slots: slots, Followers: followers}),
		"hangs": onMaster(doctor.Seen{Server: &pg.Health{Version: "13.23", SystemID: 1, Timeline: 1, LSN: at, Streams: 1, Commits: pg.Commits{Names: "FIRST 2 (replica_1, replica_2)", Mode: "on", There: 1}},
			Slots:     []pg.Slot{{Name: "replica_1", Active: true, WALStatus: "reserved"}, {Name: "replica_2", WALStatus: "reserved"}},
			LastRead:  map[string]time.Time{"replica_2": time.Date(2026, 11, 22, 23, 40, 0, 0, time.UTC)},
			Followers: []pg.Follower{{Name: "replica_1", Slot: "replica_1", State: "streaming", SyncState: "sync", Addr: "10.0.0.12", Delay: -1, Heard: time.Second}}}),
		"primary-alone": onMaster(doctor.Seen{Server: &pg.Health{Version: "18.0", SystemID: 1, Timeline: 2, LSN: at}}),
		"streaming":     onSlave(doctor.Seen{Server: &standby, Upstream: up, StandbySlot: own}),
		"behind":        onSlave(doctor.Seen{Server: &behind, Upstream: up, Aside: old}),
		"delayed":       onSlave(doctor.Seen{Server: &delayed, Upstream: up}),
		"cut":           onSlave(doctor.Seen{Server: &cut, SinceStreaming: 2 * time.Minute, UpstreamFault: refused}),
		"lost": onSlave(doctor.Seen{Server: &cut, SinceStreaming: 2 * time.Minute, Upstream: up, StandbySlot: &pg.Slot{Name: "replica_1", Kept: -1, Limit: limit, Left: -1, WALStatus: "lost"},
			UpstreamFault: &pg.Fault{ID: doctor.NeedsCopy, Text: "the primary has removed the WAL from 0/4F00060 on", Fix: "Copy it anew: " + doctor.CopyAnew}}),
		"archive": onSlave(doctor.Seen{Server: &restores, SinceReplay: 3 * time.Second, SinceStreaming: 2 * time.Minute, Upstream: up,
			UpstreamFault: &pg.Fault{ID: doctor.NeedsArchive, Text: "the primary has removed the WAL from 0/4F00060 on, which restore_command has to bring", Fix: "See whether it does: " + pg.Slave.LogTail()}}),
		"writes": onSlave(doctor.Seen{Server: &pg.Health{Version: "13.23", ClusterName: "replica_1", SystemID: 1, Timeline: 2, LSN: at}}),
	}
}

func onMaster(seen doctor.Seen) doctor.Seen {
	seen.Mode, seen.Now = pg.Primary, time.Date(2026, 11, 22, 23, 43, 42, 0, time.UTC)
	return seen
}

func onSlave(seen doctor.Seen) doctor.Seen {
	seen = onMaster(seen)
	seen.Mode, seen.Link = pg.Standby, &doctor.Link{Host: "db1", Address: "db1:5533"}
	return seen
}

func TestAReportForPeopleAndForProgramsIsKept(t *testing.T) {
	for name, seen := range examples() {
		report := Of(seen)
		object, err := report.JSON("  ")
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, "testdata/status/"+name+".txt", report.Text(false))
		golden.Compare(t, "testdata/status/"+name+"-v.txt", report.Text(true))
		golden.Compare(t, "testdata/status/"+name+".json", object)
	}
}

func TestAReportFitsAScreenAndNeedsOnlyASCII(t *testing.T) {
	long := strings.Repeat("a_very_long_slot_", 4)[:63]
	wide := Of(examples()["primary"])
	for i := range wide.Nodes {
		wide.Nodes[i].Name, wide.Nodes[i].Address = long, "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535"
	}
	for i := range wide.Slots {
		wide.Slots[i].Name, wide.Slots[i].UsedBy = long, long
	}
	all := map[string]Report{"wide": wide}
	for name, seen := range examples() {
		all[name] = Of(seen)
	}
	for name, report := range all {
		for line := range strings.Lines(report.Text(true)) {
			command := strings.HasPrefix(line, "      docker ")
			if line = strings.TrimSuffix(line, "\n"); len(line) > 84 && !command || strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
				t.Errorf("%s: %d columns: %s", name, len(line), line)
			}
		}
	}
}

func TestWhatIsUnknownIsNull(t *testing.T) {
	for name, fields := range map[string][]string{
		"cut":       {"behind_bytes", "delay_seconds", "heard_seconds"},
		"streaming": {"behind_at_least_bytes"},
	} {
		text, err := Of(examples()[name]).JSON("")
		if err != nil || strings.Count(text, "\n") != 1 {
			t.Fatalf("%v\n%s", err, text)
		}
		var object struct{ Nodes []map[string]any }
		if err := json.Unmarshal([]byte(text), &object); err != nil {
			t.Fatal(err)
		}
		for _, field := range fields {
			if value, there := object.Nodes[1][field]; !there || value != nil && field != "behind_at_least_bytes" {
				t.Errorf("%s: %s is %v", name, field, value)
			}
		}
	}
}

func TestADistanceToAnotherHistoryIsUnknown(t *testing.T) {
	here := func(streams bool) *pg.Health {
		h := pg.Health{SystemID: 7, Timeline: 2, InRecovery: true, LSN: 900, Received: 900}
		if streams {
			h.Receiver = &pg.Receiver{Status: "streaming", End: 950}
		}
		return &h
	}
	for title, c := range map[string]struct {
		streams bool
		up      pg.Server
		fault   string
		want    int64
	}{
		"the same cluster":                      {false, pg.Server{SystemID: 7, Timeline: 2, LSN: 1000}, "", 100},
		"no slot":                               {false, pg.Server{SystemID: 7, Timeline: 2, LSN: 1000}, "slot-absent", 100},
		"a promoted upstream":                   {false, pg.Server{SystemID: 7, Timeline: 3, LSN: 1000}, "", 100},
		"a promoted one that removed its WAL":   {false, pg.Server{SystemID: 7, Timeline: 3, LSN: 1000}, "needs-copy", 100},
		"another cluster":                       {false, pg.Server{SystemID: 8, Timeline: 2, LSN: 1000}, "system-id", -1},
		"another cluster that is not as far":    {false, pg.Server{SystemID: 8, Timeline: 1, LSN: 100}, "", -1},
		"a fork":                                {false, pg.Server{SystemID: 7, Timeline: 3, LSN: 1000}, "diverged", -1},
		"a fork of the same timeline":           {false, pg.Server{SystemID: 7, Timeline: 2, LSN: 1000}, "diverged", -1},
		"a later timeline, and who knows":       {false, pg.Server{SystemID: 7, Timeline: 3, LSN: 1000}, "timeout", -1},
		"an older timeline":                     {false, pg.Server{SystemID: 7, Timeline: 1, LSN: 1000}, "", -1},
		"a primary restored from a backup":      {false, pg.Server{SystemID: 7, Timeline: 2, LSN: 800}, "", -1},
		"another one than it streams from":      {true, pg.Server{SystemID: 8, Timeline: 2, LSN: 5000}, "", 50},
		"the one that it streams from, further": {true, pg.Server{SystemID: 7, Timeline: 2, LSN: 1000}, "", 100},
	} {
		seen := onSlave(doctor.Seen{Server: here(c.streams), Upstream: &c.up})
		if c.fault != "" {
			seen.UpstreamFault = &pg.Fault{ID: c.fault}
		}
		if got := standbyRow(seen); got.Behind != c.want || c.want < 0 && (got.behindText() != "unknown" || got.Unflushed != -1) {
			t.Errorf("%s: got %d, %q", title, got.Behind, got.behindText())
		}
	}
}

func TestATimeThatIsNotZeroIsNotPrintedAsZero(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1: "-", 0: "0 s", 1: "1 ms", 300 * time.Millisecond: "300 ms", 1900 * time.Millisecond: "1 s", 119 * time.Second: "119 s",
		2 * time.Minute: "2 min", 3 * time.Hour: "3 h", 49 * time.Hour: "2 d",
	} {
		if got := ageText(d); got != want {
			t.Errorf("%d: got %s, want %s", d, got, want)
		}
	}
}

func TestACommandToTypeHasALineOfItsOwn(t *testing.T) {
	const command = "docker compose exec master psql -U postgres -c \"SELECT ': not docker', now(), current_user, version()\""
	for _, c := range []struct {
		fix  string
		want []string
	}{
		{command, []string{"      " + command}},
		{"Look: " + command, []string{"  Look:", "      " + command}},
		{"Look: docker compose ps. Between hosts too. Then: docker ps", []string{"  Look:", "      docker compose ps", "  Between hosts too. Then:", "      docker ps"}},
		{"Wait.", []string{"  Wait."}},
	} {
		if got := fixLines(c.fix); !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
