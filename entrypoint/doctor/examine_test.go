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

const version = "17.5 (Debian 17.5-1.pgdg120+1)"

// well is a server that nothing is wrong with.
func well(mode pg.Mode) Seen {
	s := Seen{
		Mode: mode, Server: &pg.Health{Major: 17, Version: version, SystemID: 7, Timeline: 1}, Now: day(2026, time.November, 24), Major: 17, RunsOn: "Debian 12",
		Wanted: Wanted{User: "postgres", Database: "erp", InitDBArgs: "--encoding=utf-8 -k --wal-segsize 16", Replicator: "copy"},
		Inside: &pg.Inside{Settings: settings(), Bootstrap: "postgres", Databases: []string{"erp", "postgres"}, Superusers: []string{"postgres"}},
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

// A trouble is one thing that is wrong, and the finding that must report it.
type trouble struct {
	mode  pg.Mode
	id    string
	level Level
	text  string
	spoil func(*Seen)
}

func inside(more ...string) func(*Seen) {
	return func(s *Seen) { s.Inside.Settings = settings(more...) }
}

func refusal(id string) func(*Seen) {
	return func(s *Seen) {
		s.UpstreamFault, s.Upstream, s.UpstreamHistory, s.Server.Receiver = &pg.Fault{ID: id, Text: "refused: " + id, Fix: "Repair it."}, nil, "", nil
	}
}

func atRest(contents pg.Contents) func(*Seen) {
	return func(s *Seen) {
		s.Server, s.Inside, s.Followers, s.UpstreamHistory, s.Volume.InUse = nil, nil, nil, "", false
		s.Data = &pg.DataDir{Contents: contents, Strangers: "notes.txt"}
	}
}

var troubles = []trouble{
	{pg.Primary, "env-unknown", Warning, "MASTER_SEVER", func(s *Seen) { s.Remarks = []Remark{{"env-unknown", "MASTER_SEVER: is not read", "Remove it.", false}} }},
	{pg.Primary, "env-placeholder", Critical, "IP_HERE", func(s *Seen) { s.Remarks = []Remark{{"env-placeholder", "IP_HERE", "Replace it.", true}} }},
	{pg.Primary, "env-first-start", Warning, "POSTGRES_USER says boss, the cluster has postgres", func(s *Seen) { s.Wanted.User = "boss" }},
	{pg.Primary, "env-first-start", Warning, "no such database", func(s *Seen) { s.Wanted.Database = "other" }},
	{pg.Primary, "env-first-start", Warning, "LATIN1", func(s *Seen) { s.Wanted.InitDBArgs = "-E LATIN1" }},
	{pg.Standby, "dns", Critical, "refused: dns", refusal("dns")},
	{pg.Standby, "timeout", Critical, "refused", refusal("timeout")},
	{pg.Standby, "port-answers-postgres", Critical, "refused", refusal("port-answers-postgres")},
	{pg.Standby, "auth", Critical, "refused", refusal("auth")},
	{pg.Standby, "hba", Critical, "refused", refusal("hba")},
	{pg.Standby, "starting", Warning, "refused", refusal("starting")},
	{pg.Standby, "other", Critical, "refused", refusal("other")},
	{pg.Standby, "senders", Warning, "refused", func(s *Seen) {
		s.UpstreamFault, s.Upstream, s.UpstreamHistory = &pg.Fault{ID: "senders", Text: "refused", Fix: "Raise it."}, nil, ""
	}},
	{pg.Standby, "tls", Warning, "not encrypted", func(s *Seen) { s.Link.Public = true }},
	{pg.Standby, "slot-logical", Critical, "logical", func(s *Seen) { s.Server.Receiver, s.Link.Slot = nil, pg.SlotLogical }},
	{pg.Standby, "system-id", Critical, "cluster 7", func(s *Seen) { s.Upstream.SystemID = 8 }},
	{pg.Standby, "system-id", Critical, "SYSTEM_ID is 9", func(s *Seen) { s.SystemID = 9 }},
	{pg.Standby, "major-version", Critical, "upstream is PostgreSQL 18", func(s *Seen) { s.Upstream.Major = 18 }},
	{pg.Standby, "minor-version", Warning, "this standby is 17.5, older", func(s *Seen) { s.Upstream.Version = "17.10 (Debian 17.10-1.pgdg12+1)" }},
	{pg.Standby, "minor-version", Unknown, "18beta1", func(s *Seen) { s.Upstream.Version = "18beta1 (Debian 18~beta1-1.pgdg12+1)" }},
	{pg.Standby, "wal-segment-size", Critical, "64MB", func(s *Seen) { s.Upstream.Settings = settings("wal_segment_size", "64MB") }},
	{pg.Standby, "collation", Critical, "the primary runs on Debian 13, this standby on Debian 12", func(s *Seen) { s.Upstream.Version = "17.5 (Debian 17.5-1.pgdg13+1)" }},
	{pg.Standby, "collation", Critical, "another distribution", func(s *Seen) { s.RunsOn = "" }},
	{pg.Primary, "collation", Critical, "database erp", func(s *Seen) { s.Inside.Stale = []string{"database erp"} }},
	{pg.Primary, "config-rejected", Warning, "pg_hba.conf is not used, the previous one stays: line 3", func(s *Seen) {
		s.Files = []File{{Name: "pg_hba.conf", Changed: true, Rejected: "line 3: nonsense"}}
	}},
	{pg.Standby, "config-edited", Warning, "pg_hba.conf was edited in the data directory, and is not the mounted one", func(s *Seen) {
		s.Files = []File{{Name: "postgresql.conf"}, {Name: "pg_hba.conf", Edited: true}}
	}},
	{pg.Primary, "config-edited", Warning, "which has changed too, is not used", func(s *Seen) { s.Files = []File{{Name: "pg_hba.conf", Edited: true, Changed: true}} }},
	{pg.Primary, "config-waiting", Warning, "mounted pg_hba.conf has changed", func(s *Seen) { s.Files = []File{{Name: "pg_hba.conf", Changed: true}} }},
	{pg.Primary, "config-waiting", Warning, "max_connections changes from 100 to 200 at the next start", func(s *Seen) {
		s.Inside.Pending = []pg.Pending{{Name: "max_connections", Now: "100", Then: "200"}}
	}},
	{pg.Primary, "checksums", Warning, "pg_rewind", inside("data_checksums", "off", "wal_log_hints", "off")},
	{pg.Primary, "wal-level", Critical, "minimal", inside("wal_level", "minimal")},
	{pg.Primary, "max-wal-senders", Critical, "is 1", inside("max_wal_senders", "1")},
	{pg.Primary, "max-wal-senders", Warning, "1 are taken", inside("max_wal_senders", "2")},
	{pg.Primary, "max-replication-slots", Critical, "is 0", inside("max_replication_slots", "0")},
	{pg.Primary, "slot-limit", Warning, "-1", inside("max_slot_wal_keep_size", "-1")},
	{pg.Standby, "slot-limit", Warning, "upstream", func(s *Seen) { s.Upstream.Settings = settings("max_slot_wal_keep_size", "-1") }},
	{pg.Primary, "hot-standby", Warning, "off", inside("hot_standby", "off")},
	{pg.Standby, "standby-settings", Warning, "max_connections is 100 here and 200 there", func(s *Seen) { s.Upstream.Settings = settings("max_connections", "200") }},
	{pg.Standby, "hot-standby-feedback", Warning, "off", func(s *Seen) { s.Inside.Settings, s.Inside.Cancelled = settings("hot_standby_feedback", "off"), 2 }},
	{pg.Standby, "hot-standby-feedback", Warning, "the primary keeps every dead row that long", func(s *Seen) {
		s.Inside.Settings, s.Server.ApplyDelay = settings("hot_standby_feedback", "on"), time.Hour
	}},
	{pg.Standby, "recovery-conflicts", Warning, "2 queries", func(s *Seen) { s.Inside.Cancelled = 2 }},
	{pg.Primary, "synchronous-standbys", Critical, "commits hang", inside("synchronous_standby_names", "db3")},
	{pg.Primary, "synchronous-standbys", Critical, "1 of the 2", func(s *Seen) {
		s.Inside.Settings, s.Followers[0].SyncState = settings("synchronous_standby_names", "FIRST 2 (db2, db3)"), "sync"
	}},
	{pg.Primary, "durability", Critical, "fsync and full_page_writes off", inside("fsync", "off", "full_page_writes", "off")},
	{pg.Primary, "shared-buffers", Warning, "shared_buffers is 8MB", inside("shared_buffers", "8MB")},
	{pg.Standby, "shared-buffers", Warning, "shared_buffers is 128kB", inside("shared_buffers", "128kB")},
	{pg.Primary, "wal-sizes", Warning, "max_wal_size is 1GB, wal_keep_size is 1GB, and the volume of the WAL has 600.0 MiB", func(s *Seen) { s.Volume.WAL = 600 * mebibyte }},
	{pg.Standby, "wal-sizes", Warning, "max_wal_size is 40GB, and", inside("max_wal_size", "40GB")},
	{pg.Primary, "wal-sizes", Warning, "min_wal_size is 30GB, and", inside("max_wal_size", "2GB", "min_wal_size", "30GB")},
	{pg.Standby, "server", Critical, "hot standby mode is disabled", func(s *Seen) {
		s.Server, s.Inside, s.NoAnswer = nil, nil, &pg.Fault{ID: "starting", Text: "hot standby mode is disabled", Fix: "Set hot_standby = on."}
	}},
	{pg.Standby, "server", Warning, "in use", func(s *Seen) { s.Server, s.Inside = nil, nil }},
	{pg.Standby, "data", Critical, "notes.txt", atRest(pg.Foreign)},
	{pg.Standby, "data", Critical, "PostgreSQL 17 lies in /var/lib/postgresql", func(s *Seen) {
		atRest(pg.Empty)(s)
		s.Volume.Around.Clusters = []pg.Neighbour{{Dir: "/var/lib/postgresql", Major: 17}}
	}},
	{pg.Primary, "data", Critical, "pg_control", atRest(pg.Corrupt)},
	{pg.Primary, "data", Critical, "incomplete", atRest(pg.Incomplete)},
	{pg.Primary, "data", Critical, "/spaces", func(s *Seen) { s.Data.Missing = "pg_tblspc/1 -> /spaces" }},
	{pg.Standby, "standby-signal", Critical, "has lost", func(s *Seen) { s.Data.Standby = false }},
	{pg.Primary, "standby-signal", Critical, "REPLICATION_MODE is primary", func(s *Seen) { s.Data.Standby = true }},
	{pg.Standby, "standby-signal", Warning, "former primary's", atRest(pg.Cluster)},
	{pg.Standby, "timeline", Critical, "went ways of their own", func(s *Seen) { s.UpstreamHistory = pg.Parted }},
	{pg.Standby, "timeline", Critical, "promoted after", func(s *Seen) { s.UpstreamHistory = pg.Descendant }},
	{pg.Standby, "half-made-copy", Warning, "throws it away", func(s *Seen) { s.Volume.InUse, s.Volume.Unfinished, s.Volume.Staging = false, pg.Staging, "clone-1" }},
	{pg.Primary, "half-made-init", Warning, "goes on", func(s *Seen) { s.Volume.InUse, s.Volume.Unfinished, s.Volume.Staging = false, pg.Install, "init-1" }},
	{pg.Standby, "disk", Critical, "does not fit", func(s *Seen) { atRest(pg.Empty)(s); s.Volume.Needs = 60 * gibibyte }},
	{pg.Primary, "disk", Critical, "nearly full", func(s *Seen) { s.Volume.Free = mebibyte }},
	{pg.Primary, "disk", Warning, "9.0 GiB more of WAL", func(s *Seen) {
		s.Volume.Free, s.Slots = 5*gibibyte, []pg.Slot{{Name: "db2", Active: true, Kept: gibibyte}}
	}},
	{pg.Standby, "disk", Warning, "1.0 GiB of 100.0 GiB", func(s *Seen) { s.Volume.Free = gibibyte }},
	{pg.Primary, "inodes", Critical, "only 10", func(s *Seen) { s.Volume.FreeFiles = 10 }},
	{pg.Primary, "shm", Warning, "64.0 MiB", func(s *Seen) { s.Volume.Shared = 64 * mebibyte }},
	{pg.Primary, "volume", Critical, "goes with it", func(s *Seen) { s.Volume.Kind = pg.Layer }},
	{pg.Primary, "volume", Warning, "anonymous", func(s *Seen) { s.Volume.Kind = pg.Anonymous }},
	{pg.Primary, "volume-path", Critical, "/var/lib/postgresql/data", func(s *Seen) {
		s.Volume.Around = pg.Surroundings{Elsewhere: "/var/lib/postgresql/data", Belongs: "/var/lib/postgresql"}
	}},
	{pg.Standby, "clocks", Warning, "41s ahead of the primary", func(s *Seen) { s.Inside.Ahead = new(41 * time.Second) }},
	{pg.Standby, "clocks", Warning, "41s behind", func(s *Seen) { s.Inside.Ahead = new(-41 * time.Second) }},
	{pg.Primary, "trust", Warning, "line 9 lets all in from 10.0.0.0", func(s *Seen) {
		s.Inside.HBA = []pg.HBALine{{Line: 8, Users: "all", Address: "127.0.0.1", Method: "trust"}, {Line: 9, Users: "all", Address: "10.0.0.0", Method: "trust"}}
	}},
	{pg.Primary, "hba-file", Critical, "line 3: invalid", func(s *Seen) { s.Inside.HBA = []pg.HBALine{{Line: 3, Error: "invalid"}} }},
	{pg.Primary, "replication-superuser", Warning, "copy is a superuser", func(s *Seen) { s.Inside.Superusers = []string{"copy"} }},
	{pg.Primary, "password-known", Warning, "app and boss", func(s *Seen) { s.Inside.Guessable = []string{"app", "boss"} }},
	{pg.Primary, "version-eol", Warning, "2025-11-13", func(s *Seen) { s.Major = 13 }},
	{pg.Primary, "version-eol", Unknown, "19", func(s *Seen) { s.Major = 19 }},
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
	for _, s := range seen {
		for _, c := range Examine(s) {
			if !slices.Contains(IDs, c.ID) {
				t.Errorf("%q is no id: %s", c.ID, c.Text)
			}
		}
	}
	for _, id := range []string{NeedsCopy, Diverged} {
		if !slices.Contains(IDs, id) {
			t.Errorf("%q is no id", id)
		}
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
