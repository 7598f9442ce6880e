package doctor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

func TestASlotIsJudgedBeforeItIsLost(t *testing.T) {
	const limit = 64 << 20
	for _, c := range []struct {
		title string
		slot  pg.Slot
		level Level
		want  string
	}{
		{"one that is read", pg.Slot{Active: true, WALStatus: "reserved", Limit: limit, Left: limit}, OK, ""},
		{"a quarter is left", pg.Slot{Active: true, WALStatus: "reserved", Limit: limit, Left: limit / 4}, OK, ""},
		{"less than a quarter is left", pg.Slot{Active: true, WALStatus: "extended", Limit: limit, Left: limit/4 - 1}, Warning, "is lost after 16.0 MiB more of WAL, of 64.0 MiB"},
		{"no limit", pg.Slot{Active: true, WALStatus: "reserved", Limit: -1, Left: -1}, OK, ""},
		{"beyond max_wal_size", pg.Slot{Active: true, WALStatus: "extended", Kept: 2 << 30, Limit: -1, Left: -1}, Warning, "keeps 2.0 GiB of WAL, more than max_wal_size"},
		{"beyond the limit", pg.Slot{Active: true, WALStatus: "unreserved", Limit: limit, Left: 0}, Warning, "the next checkpoint"},
		{"lost", pg.Slot{WALStatus: "lost", Kept: -1, Limit: limit, Left: -1}, Critical, "has lost WAL"},
		{"unused", pg.Slot{WALStatus: "reserved", Kept: 5 << 20, Limit: -1, Left: -1}, Warning, "slot db2 keeps 5.0 MiB of WAL for nobody"},
		{"unused on 17", pg.Slot{WALStatus: "reserved", InactiveSince: time.Date(2026, 11, 24, 1, 2, 3, 0, time.UTC)}, Warning, "for nobody since 2026-11-24 01:02:03 UTC"},
		{"never used", pg.Slot{Kept: -1, Limit: limit, Left: -1}, Warning, "has reserved no WAL"},
	} {
		c.slot.Name = "db2"
		worst := Worst(Slots(Seen{Slots: []pg.Slot{c.slot}}))
		if worst.Level != c.level || !strings.Contains(worst.Text, c.want) {
			t.Errorf("%s: got %s %q, want %s %q", c.title, worst.Level, worst.Text, c.level, c.want)
		}
		if worst.Level != OK && !strings.Contains(worst.Fix, "docker compose") {
			t.Errorf("%s: nothing to type in %q", c.title, worst.Fix)
		}
	}
}

func TestAnUnusedSlotIsDroppedWhereItIs(t *testing.T) {
	for service, mode := range map[string]pg.Mode{"master": pg.Primary, "slave": pg.Standby} {
		found := Slot(Seen{Mode: mode}, pg.Slot{Name: "db2"})
		if want := "docker compose exec " + service + " pgreplica slots drop db2"; !strings.HasSuffix(Worst(found).Fix, want) {
			t.Errorf("got %q, want %q", Worst(found).Fix, want)
		}
	}
}

func TestTheSlotOfARunningCopyIsNotToBeDropped(t *testing.T) {
	seen := Seen{Followers: []pg.Follower{{Name: "db2", Slot: "db2", State: "backup"}}}
	if worst := Worst(Slot(seen, pg.Slot{Name: "db2", Kept: 5 << 20})); worst.Level != OK {
		t.Errorf("got %+v", worst)
	}
	if other := Worst(Slot(seen, pg.Slot{Name: "db3", Kept: 5 << 20})); other.Level != Warning {
		t.Errorf("got %+v", other)
	}
}

func TestAStandbyWhoseSlotIsLostIsCopiedAnewOnlyWhereItDoesNotStream(t *testing.T) {
	own := &pg.Slot{Name: "db2", WALStatus: "lost"}
	cut := Worst(Slots(Seen{Server: &pg.Health{InRecovery: true}, StandbySlot: own}))
	if cut.Level != Critical || !strings.HasSuffix(cut.Fix, CopyAnew) {
		t.Errorf("got %+v", cut)
	}
	streams := Worst(Slots(Seen{Server: &pg.Health{InRecovery: true, Receiver: &pg.Receiver{Status: "streaming"}}, StandbySlot: own}))
	if streams.Level != Warning || strings.Contains(streams.Fix, "mv ") || !strings.Contains(streams.Fix, "&& docker compose exec master pgreplica slots drop db2 &&") {
		t.Errorf("got %+v", streams)
	}
	if anew := Slots(Seen{StandbySlot: own, Data: &pg.DataDir{Contents: pg.Empty}}); len(anew) > 0 {
		t.Errorf("got %+v", anew)
	}
	scarce := Worst(Slots(Seen{Server: &pg.Health{InRecovery: true}, StandbySlot: &pg.Slot{Name: "db2", WALStatus: "reserved", Limit: 400, Left: 99}}))
	if scarce.Level != Warning || scarce.ID != "slot-nearly-lost" {
		t.Errorf("got %+v", scarce)
	}
}

func TestAPrimarySaysHowFarItsStandbysAre(t *testing.T) {
	for _, c := range []struct {
		states []string
		level  Level
		want   string
	}{
		{nil, Warning, "no standby streams from this primary"},
		{[]string{"backup"}, Warning, "one is being copied"},
		{[]string{"catchup"}, Warning, "one is catching up"},
		{[]string{"streaming", "backup"}, OK, "1 standby streams"},
		{[]string{"streaming", "streaming"}, OK, "2 standbys stream"},
	} {
		seen := Seen{Server: &pg.Health{}}
		for _, state := range c.states {
			seen.Followers = append(seen.Followers, pg.Follower{State: state})
		}
		if got := followers(seen); got.Level != c.level || !strings.Contains(got.Text, c.want) {
			t.Errorf("%q: got %s %q, want %q", c.states, got.Level, got.Text, c.want)
		}
	}
}

func TestAStandbyThatIsGoneComesBeforeItsSlot(t *testing.T) {
	now := time.Date(2026, 11, 24, 1, 5, 3, 0, time.UTC)
	gone := map[string]time.Time{"db2": now.Add(-3 * time.Minute)}
	one := []pg.Follower{{Name: "db1", Slot: "db1", State: "streaming"}}
	for _, c := range []struct {
		title string
		seen  Seen
		want  []string
	}{
		{"the only standby", Seen{LastRead: gone, Slots: []pg.Slot{{Name: "db2"}}}, []string{
			"no standby streams from this primary since 2026-11-24 01:02:03 UTC, 3m ago", "the standby of slot db2 is gone since 2026-11-24 01:02:03 UTC, 3m ago, and the slot keeps 0 B of WAL for it"}},
		{"one of two", Seen{LastRead: gone, Followers: one, Slots: []pg.Slot{{Name: "db1", Active: true}, {Name: "db2", Kept: 1 << 20}}}, []string{
			"the standby of slot db2 is gone since 2026-11-24 01:02:03 UTC, 3m ago, and the slot keeps 1.0 MiB of WAL for it"}},
		{"what 17 says itself", Seen{LastRead: gone, Followers: one, Slots: []pg.Slot{{Name: "db2", InactiveSince: now.Add(-time.Minute)}}}, []string{
			"the standby of slot db2 is gone since 2026-11-24 01:04:03 UTC, 1m ago, and the slot keeps 0 B of WAL for it"}},
		{"a slot that nobody ever read", Seen{Slots: []pg.Slot{{Name: "db2"}}}, []string{"no standby streams from this primary", "slot db2 keeps 0 B of WAL for nobody"}},
		{"commits that hang, first of all", Seen{LastRead: gone, Slots: []pg.Slot{{Name: "db2"}, {Name: "db3", WALStatus: "lost"}},
			Server: &pg.Health{Commits: pg.Commits{Names: "db2", Mode: "on"}}}, []string{
			"commits hang: synchronous_standby_names is db2, and 0 of the 1 that they wait for are there", "slot db3 has lost WAL that its standby needs",
			"no standby streams from this primary since 2026-11-24 01:02:03 UTC, 3m ago", "the standby of slot db2 is gone since 2026-11-24 01:02:03 UTC, 3m ago, and the slot keeps 0 B of WAL for it"}},
	} {
		c.seen.Now, c.seen.Mode = now, pg.Primary
		if c.seen.Server == nil {
			c.seen.Server = &pg.Health{}
		}
		var got []string
		for _, f := range WorstFirst(append(Commits(c.seen), Slots(c.seen)...)) {
			got = append(got, f.Text)
			if f.Fix == "" {
				t.Errorf("%s: nothing to type for %q", c.title, f.Text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q", c.title, got)
		}
	}
}

func TestHealthSaysThatCommitsHang(t *testing.T) {
	for commits, want := range map[pg.Commits]string{
		{Names: "ANY 2 (a, b)", Mode: "on", There: 1}: "primary, commits HANG: they wait for 2 of ANY 2 (a, b), and 1 are there",
		{Names: "a", Mode: "local"}:                   "primary, accepting writes",
		{Names: "a", Mode: "remote_apply", There: 1}:  "primary, accepting writes",
	} {
		if got, err := Health(Seen{Mode: pg.Primary, Server: &pg.Health{Commits: commits}}, false); err != nil || got != want {
			t.Errorf("%+v: got %q, %v", commits, got, err)
		}
	}
}
