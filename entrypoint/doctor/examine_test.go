package doctor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

func settings(more ...string) pg.Settings {
	s := pg.Settings{
		"wal_level": "replica", "max_wal_senders": "10", "max_replication_slots": "10", "max_slot_wal_keep_size": "10GB", "hot_standby": "on", "hot_standby_feedback": "on",
		"max_connections": "100", "data_checksums": "on", "wal_log_hints": "on", "wal_segment_size": "16MB", "fsync": "on", "full_page_writes": "on",
		"synchronous_commit": "on", "synchronous_standby_names": "", "server_encoding": "UTF8", "max_standby_streaming_delay": "30s",
		"shared_buffers": "128MB", "max_wal_size": "1GB", "min_wal_size": "80MB", "wal_keep_size": "1GB",
	}
	for i := 0; i < len(more); i += 2 {
		s[more[i]] = more[i+1]
	}
	return s
}

// hbaLine is a line of pg_hba.conf, as the server shows it.
func hbaLine(databases, roles, address, method string) pg.HBALine {
	return pg.HBALine{Line: 9, Users: roles, Address: address, Method: method, Type: "host", Databases: strings.Split(databases, ","), Roles: strings.Split(roles, ",")}
}

const version = "17.5 (Debian 17.5-1.pgdg120+1)"

// well is a server that nothing is wrong with.
func well(mode pg.Mode) Seen {
	s := Seen{
		Mode: mode, Server: &pg.Health{Major: 17, Version: version, SystemID: 7, Timeline: 1}, Now: day(2026, time.November, 24), Major: 17, RunsOn: "Debian 12",
		Wanted: Wanted{User: "postgres", Database: "erp", InitDBArgs: "--encoding=utf-8 -k --wal-segsize 16", Replicator: "copy"},
		Inside: &pg.Inside{Settings: settings(), Bootstrap: "postgres", Databases: []string{"erp", "postgres"}, Superusers: []string{"postgres"},
			HBA:       []pg.HBALine{hbaLine("all", "all", "127.0.0.1", "trust"), hbaLine("all", "all", "all", "scram-sha-256")},
			Listening: pg.Listening{Addresses: "*", Port: 5432, PortFrom: "default"}},
		Reach:  &Reach{Addresses: []string{"172.18.0.3:5432"}, Answers: true},
		Data:   &pg.DataDir{Contents: pg.Cluster, Major: 17, SystemID: 7, Timeline: 1},
		Volume: &Volume{Dir: "/data", Kind: pg.Named, Free: 50 * gibibyte, Total: 100 * gibibyte, WAL: 100 * gibibyte, FreeFiles: 1e6, Inodes: 2e6, Shared: 256 * mebibyte, InUse: true},
	}
	if mode == pg.Primary {
		s.Followers = []pg.Follower{{Name: "db2", State: "streaming", SyncState: "async"}}
		return s
	}
	s.Server.InRecovery, s.Server.Receiver, s.Data.Standby = true, &pg.Receiver{Status: "streaming"}, true
	s.Inside.Ahead = new(time.Millisecond)
	s.Upstream = &pg.Server{Major: 17, Version: version, SystemID: 7, Timeline: 1, Settings: settings()}
	s.Link = &Link{Host: "db1", Address: "db1:5432"}
	s.UpstreamHistory = pg.SameTimeline
	return s
}

func TestNothingIsWrongWithAHealthyPair(t *testing.T) {
	for _, mode := range []pg.Mode{pg.Primary, pg.Standby} {
		checks := Examine(well(mode))
		if bad := Problems(checks); len(bad) > 0 {
			t.Errorf("%s: %+v", mode, bad)
		}
		seen := map[string]bool{}
		for _, c := range checks {
			if seen[c.ID] || c.Text == "" || c.Group == "" {
				t.Errorf("%s: %+v is reported twice, or without a text", mode, c)
			}
			seen[c.ID] = true
		}
	}
}

func TestEachTroubleIsReportedWithItsIDAndSomethingToType(t *testing.T) {
	for _, c := range troubles {
		s := well(c.mode)
		c.spoil(&s)
		checks := Problems(Examine(s))
		i := slices.IndexFunc(checks, func(found Check) bool { return found.ID == c.id })
		switch {
		case i < 0:
			t.Errorf("%s, %s: not reported: %+v", c.id, c.text, checks)
		case checks[i].Level != c.level || !strings.Contains(checks[i].Text, c.text) || checks[i].Fix == "":
			t.Errorf("%s: got %s %q, fix %q, want %s %q", c.id, checks[i].Level, checks[i].Text, checks[i].Fix, c.level, c.text)
		}
	}
}

func TestEveryFindingHasAnIDOfTheList(t *testing.T) {
	seen := []Seen{well(pg.Primary), well(pg.Standby)}
	for _, c := range troubles {
		s := well(c.mode)
		c.spoil(&s)
		seen = append(seen, s)
	}
	given := map[string]bool{NeedsCopy: true, NeedsArchive: true, Diverged: true}
	for _, s := range seen {
		for _, c := range Examine(s) {
			given[c.ID] = true
		}
	}
	for id := range given {
		if !slices.Contains(IDs, id) {
			t.Errorf("%q is no id: write it into IDs in ids.go", id)
		}
	}
}

func TestEachCheckOfAHealthyPairIsSeenToFail(t *testing.T) {
	for _, mode := range []pg.Mode{pg.Primary, pg.Standby} {
		for _, c := range Examine(well(mode)) {
			if !slices.ContainsFunc(troubles, func(trouble trouble) bool { return trouble.id == c.ID }) {
				t.Errorf("no trouble makes %s fail: write one into troubles in troubles_test.go", c.ID)
			}
		}
	}
}

// A standby with standbys of its own does not know who else its upstream serves.
func TestWhoFollowsAStandbyTakesNothingFromItsUpstream(t *testing.T) {
	s := well(pg.Standby)
	s.Upstream.Settings = settings("max_wal_senders", "3", "max_replication_slots", "2")
	s.Followers = []pg.Follower{{Name: "a", State: "streaming"}, {Name: "b", State: "streaming"}}
	s.Slots = []pg.Slot{{Name: "a", Active: true}, {Name: "b", Active: true}}
	for _, c := range Problems(Examine(s)) {
		if c.ID == "max-wal-senders" || c.ID == "max-replication-slots" {
			t.Errorf("%s: %s", c.ID, c.Text)
		}
	}
}

func TestNoSlotIsBlamedForWhatTheArchiveKeeps(t *testing.T) {
	s := well(pg.Primary)
	archiving(func(a *pg.Archive) { a.Failing, a.Failed = true, 48 })(&s)
	s.Volume.Free, s.Volume.Total = 200*mebibyte, 700*mebibyte
	s.Slots = []pg.Slot{{Name: "db2", Active: true, WALStatus: "reserved", Kept: 10 * mebibyte}}
	for _, c := range Problems(Examine(s)) {
		if strings.Contains(c.Text, "slot") || strings.Contains(c.Fix, "slot") {
			t.Errorf("%s: %s\n\t%s", c.ID, c.Text, c.Fix)
		}
	}
	s.Inside.Archive = nil
	if found := disk(s, *s.Volume); !strings.Contains(found.Text, "slots may keep") {
		t.Errorf("without an archive: got %+v", found)
	}
	working := well(pg.Primary)
	archiving(func(*pg.Archive) {})(&working)
	if bad := Problems(Examine(working)); len(bad) > 0 {
		t.Errorf("a working archive: got %+v", bad)
	}
}

func TestOneFailedConnectionIsOneProblem(t *testing.T) {
	for _, id := range []string{"dns", "refused", "port-answers-postgres", "tls", "auth", "senders", "other"} {
		s := well(pg.Standby)
		refusal(id)(&s)
		if bad := Problems(Examine(s)); len(bad) != 1 || bad[0].ID != id {
			t.Errorf("%s: got %+v", id, bad)
		}
	}
}

func TestNothingIsJudgedThatAnUnreachableUpstreamWouldHaveToSay(t *testing.T) {
	s := well(pg.Standby)
	refusal("timeout")(&s)
	for _, c := range Examine(s) {
		if slices.Contains([]string{"auth", "system-id", "standby-settings", "timeline", "slot-limit"}, c.ID) {
			t.Errorf("%s is judged: %s", c.ID, c.Text)
		}
	}
}

func TestTheLastSentenceAnswersBothQuestions(t *testing.T) {
	for _, c := range []struct {
		want  string
		mode  pg.Mode
		spoil func(*Seen)
	}{
		{"No problem. Replication works now, and a promotion would be safe.", pg.Standby, func(*Seen) {}},
		{"1 problem. Replication works now, a promotion would not be safe.", pg.Standby, func(s *Seen) { s.Inside.Stale = []string{"database erp"} }},
		{"1 problem. Replication works now, a promotion would not be safe.", pg.Standby, func(s *Seen) {
			s.Inside.Unopened = []pg.UnopenedDatabase{{Name: "erp", Why: "its locale is missing"}}
		}},
		{"1 problem. Replication works now, a promotion would not be safe.", pg.Standby, func(s *Seen) { s.Reach.Answers = false }},
		{"1 problem. Replication works now, a promotion would not be safe.", pg.Standby, func(s *Seen) { s.Inside.MD5 = []pg.MD5Role{{Name: "app"}} }},
		{"1 problem. Replication works now; whether a promotion would be safe is not known.", pg.Standby, func(s *Seen) {
			s.Inside.Unopened = []pg.UnopenedDatabase{{Name: "erp", Why: "it did not open in time", Unknown: true}}
		}},
		{"1 problem. Replication works now; whether a promotion would be safe is not known.", pg.Standby, func(s *Seen) { s.Inside = nil }},
		{"1 problem. Replication works now; whether a promotion would be safe is not known.", pg.Standby, func(s *Seen) { s.Inside.Hidden = true }},
		{"1 problem. Replication works now, and a promotion would be safe.", pg.Standby, func(s *Seen) { s.Volume.Shared = mebibyte }},
		{"1 problem. Replication does not work now, and a promotion would lose what this standby has not received.", pg.Standby, refusal("auth")},
		{"1 problem. This standby still streams, but could not connect anew; whether a promotion would be safe is not known.", pg.Standby, func(s *Seen) {
			refusal("auth")(s)
			s.Server.Receiver = &pg.Receiver{Status: "streaming"}
		}},
		{"No problem. Replication works now; whether a promotion would be safe, the standby's own pgreplica doctor says.", pg.Primary, func(*Seen) {}},
		{"No problem. No server answers here; nothing that was seen stands in the way of a start.", pg.Standby, atRest(pg.Empty)},
		{"1 problem. No server answers here, and a start would meet what is critical.", pg.Standby, atRest(pg.Foreign)},
	} {
		s := well(c.mode)
		c.spoil(&s)
		if got := Conclude(s, Examine(s)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
