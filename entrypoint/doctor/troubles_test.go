package doctor

import (
	"time"

	"pgreplica/entrypoint/pg"
)

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

func archiving(spoil func(*pg.Archive)) func(*Seen) {
	return func(s *Seen) {
		s.Inside.Archive = &pg.Archive{Waiting: 400 * mebibyte}
		spoil(s.Inside.Archive)
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
	{pg.Primary, "env-both-file", Critical, "POSTGRES_USER_FILE", func(s *Seen) { s.Remarks = []Remark{{"env-both-file", "POSTGRES_USER_FILE", "Remove one.", true}} }},
	{pg.Primary, "env-value", Critical, "MASTER_PORT", func(s *Seen) { s.Remarks = []Remark{{"env-value", "MASTER_PORT", "Write a number.", true}} }},
	{pg.Primary, "env-first-start", Warning, "POSTGRES_USER says boss, the cluster has postgres", func(s *Seen) { s.Wanted.User = "boss" }},
	{pg.Primary, "env-first-start", Warning, "no such database", func(s *Seen) { s.Wanted.Database = "other" }},
	{pg.Primary, "env-first-start", Warning, "LATIN1", func(s *Seen) { s.Wanted.InitDBArgs = "-E LATIN1" }},
	{pg.Standby, "dns", Critical, "refused: dns", refusal("dns")},
	{pg.Standby, "route", Critical, "refused", refusal("route")},
	{pg.Standby, "timeout", Critical, "refused", refusal("timeout")},
	{pg.Standby, "port-answers-postgres", Critical, "refused", refusal("port-answers-postgres")},
	{pg.Standby, "auth", Critical, "refused", refusal("auth")},
	{pg.Standby, "hba", Critical, "refused", refusal("hba")},
	{pg.Standby, "role-replication", Critical, "refused", refusal("role-replication")},
	{pg.Standby, "starting", Warning, "refused", refusal("starting")},
	{pg.Standby, "other", Critical, "refused", refusal("other")},
	{pg.Primary, "archive", Warning, "archive_command has failed 48 times, the last time for 00000001000000000000000F: 400.0 MiB of WAL wait for it", archiving(func(a *pg.Archive) { a.Failing, a.Failed, a.LastFailed = true, 48, "00000001000000000000000F" })},
	{pg.Primary, "archive", Critical, "archive_command has failed 1 time", archiving(func(a *pg.Archive) { a.Failing, a.Failed, a.Waiting = true, 1, 50*gibibyte })},
	{pg.Standby, "archive", Warning, "archive_mode is on, and no archive_command is set", archiving(func(a *pg.Archive) { a.Disabled = true })},
	{pg.Primary, "archive", Critical, "archive_command does not keep up: 51.0 GiB", archiving(func(a *pg.Archive) { a.Waiting = 51 * gibibyte })},
	{pg.Primary, "checksum-failures", Critical, "data of database erp has failed its checksums 3 times, the last time at 2026-11-24 00:00:00 UTC, and that of 1 other: ", func(s *Seen) {
		s.Inside.Damaged = []pg.Damage{{Database: "erp", Failures: 3, Last: day(2026, time.November, 24)}, {Database: "postgres", Failures: 1}}
	}},
	{pg.Standby, "checksum-failures", Critical, "data of the tables that all databases share has failed its checksums 1 time,", func(s *Seen) { s.Inside.Damaged = []pg.Damage{{Failures: 1}} }},
	{pg.Standby, "copy-unreadable", Critical, "refused", refusal("copy-unreadable")},
	{pg.Standby, "senders", Warning, "refused", func(s *Seen) {
		s.UpstreamFault, s.Upstream, s.UpstreamHistory = &pg.Fault{ID: "senders", Text: "refused", Fix: "Raise it."}, nil, ""
	}},
	{pg.Standby, "tls", Warning, "not encrypted", func(s *Seen) { s.Link.Public = true }},
	{pg.Primary, "role", Critical, "in recovery", func(s *Seen) { s.Server.InRecovery = true }},
	{pg.Primary, "followers", Warning, "no standby streams", func(s *Seen) { s.Followers = nil }},
	{pg.Standby, "receiver", Critical, "NOT CONNECTED", func(s *Seen) { s.Server.Receiver, s.SinceStreaming = nil, NeverStreamed }},
	{pg.Standby, "replay-paused", Critical, "replay is paused", func(s *Seen) { s.Server.ReplayPaused = true }},
	{pg.Standby, "slot-logical", Critical, "logical", func(s *Seen) { s.Server.Receiver, s.Link.Slot = nil, pg.SlotLogical }},
	{pg.Standby, "system-id", Critical, "this may be the only copy of cluster 7", func(s *Seen) { s.Upstream.SystemID = 8 }},
	{pg.Standby, "system-id", Critical, "the data here is of cluster 7, the server at MASTER_SERVER of 6", func(s *Seen) { s.Upstream.SystemID = 6 }},
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
	{pg.Primary, "synchronous-standbys", Critical, "commits hang", func(s *Seen) { s.Server.Commits = pg.Commits{Names: "db3", Mode: "on"} }},
	{pg.Primary, "synchronous-standbys", Critical, "1 of the 2", func(s *Seen) {
		s.Server.Commits = pg.Commits{Names: "FIRST 2 (db2, db3)", Mode: "on", There: 1}
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
	{pg.Primary, "data", Critical, "a server of PEERS holds a cluster, which a start refuses: db2 answers", func(s *Seen) {
		atRest(pg.Empty)(s)
		s.Peer = "db2 answers"
	}},
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
	{pg.Standby, "databases", Critical, "erp (", func(s *Seen) {
		s.Inside.Unopened = []pg.UnopenedDatabase{{Name: "erp", Why: `database locale is incompatible with operating system: The database was initialized with LC_COLLATE "es_VE.utf8",  which is not recognized by setlocale().`}}
	}},
	{pg.Primary, "databases", Critical, "old (its files are gone)", func(s *Seen) { s.Inside.Unopened = []pg.UnopenedDatabase{{Name: "old", Why: "its files are gone"}} }},
	{pg.Standby, "databases", Unknown, "is not known: erp", func(s *Seen) { s.Inside.Unopened = []pg.UnopenedDatabase{{Name: "erp", Why: "slow", Unknown: true}} }},
	{pg.Standby, "listening", Warning, "listen_addresses is localhost, and 172.18.0.3:5432 does not answer", func(s *Seen) { s.Inside.Listening.Addresses, s.Reach.Answers = "localhost", false }},
	{pg.Standby, "listening", Warning, "listens on port 5433, and the published port leads to 5432", func(s *Seen) {
		s.Inside.Listening = pg.Listening{Addresses: "*", Port: 5433, PortFrom: "configuration file"}
	}},
	{pg.Standby, "client-login", Unknown, "could not be looked into", func(s *Seen) { s.Inside = nil }},
	{pg.Primary, "trust", Warning, "line 9 lets all in from 10.0.0.0", func(s *Seen) {
		s.Inside.HBA = []pg.HBALine{{Line: 8, Users: "all", Address: "127.0.0.1", Method: "trust"}, {Line: 9, Users: "all", Address: "10.0.0.0", Method: "trust"}}
	}},
	{pg.Primary, "hba-file", Critical, "line 3: invalid", func(s *Seen) { s.Inside.HBA = []pg.HBALine{{Line: 3, Error: "invalid"}} }},
	{pg.Standby, "client-login", Critical, "adempiere is stored as md5, which is not taken by line 9 of pg_hba.conf, scram-sha-256 from all", func(s *Seen) {
		s.Inside.MD5 = []pg.MD5Role{{Name: "adempiere", Groups: []string{"adempiere"}}}
	}},
	{pg.Primary, "client-login", Warning, "lets in no client", func(s *Seen) { s.Inside.HBA = s.Inside.HBA[:1] }},
	{pg.Standby, "client-login", Unknown, "may not read", func(s *Seen) { s.Inside.Hidden, s.Inside.HBA = true, nil }},
	{pg.Primary, "password-differs", Warning, "role app has another password than the environment says", func(s *Seen) {
		s.OtherPasswords = []OtherPassword{{Role: "app"}}
	}},
	{pg.Primary, "password-differs", Critical, "role copy of the environment does not exist, so that no standby can connect anew", func(s *Seen) {
		s.OtherPasswords = []OtherPassword{{Role: "copy", Absent: true}}
	}},
	{pg.Primary, "replication-superuser", Warning, "copy is a superuser", func(s *Seen) { s.Inside.Superusers = []string{"copy"} }},
	{pg.Primary, "password-known", Warning, "app and boss", func(s *Seen) { s.Inside.Guessable = []string{"app", "boss"} }},
	{pg.Primary, "version-eol", Warning, "2025-11-13", func(s *Seen) { s.Major = 13 }},
	{pg.Primary, "version-eol", Unknown, "19", func(s *Seen) { s.Major = 19 }},
}
