package main

import (
	"slices"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

// later are what people type that no command does yet, and what does it until then.
// A program of such a name is run.
var later = []struct {
	names []string
	hint  string
}{
	{[]string{"promote", "failover", "takeover"}, "To promote the standby, once the old primary is stopped for good: " + promotion + ". Then " + asPrimary},
	{[]string{"switchover", "switch", "demote"}, "To change roles, stop the primary, " + pg.Master.Stop() + ", and promote the standby: " + promotion + ". Then " + asPrimary + "; and " + asStandby},
	{[]string{"rejoin", "rewind", "follow"}, "To have a former primary follow (one that has left the new primary's history says so, and AUTO_REJOIN=reclone has it copied anew), " + asStandby},
	{[]string{"reclone", "clone", "reinit", "resync", "rebuild"}, "To copy a standby anew: " + doctor.CopyAnew},
	{[]string{"backup", "dump"}, "To write everything to a file: " + pg.All.Exec("-T master pg_dumpall -U postgres > all.sql")},
	{[]string{"restore"}, "To read such a file into a new primary: " + pg.All.Exec("-T master psql -U postgres < all.sql")},
	{[]string{"upgrade"}, "To bring data to another major version, dump it, " + pg.All.Exec("-T master pg_dumpall -U postgres > all.sql") + ", and read that into a new primary: " + pg.All.Exec("-T master psql -U postgres < all.sql")},
	{[]string{"reload"}, "To have a changed configuration read: pgreplica apply"},
	{[]string{"stop", "shutdown"}, "To stop the servers and keep their data: " + pg.All.Stop()},
	{[]string{"restart"}, "To start a server again: " + pg.Master.Restart()},
	{[]string{"log", "logs"}, "To read what the servers have logged: " + pg.All.Log()},
	{[]string{"pause", "resume"}, "To hold up replay on a standby, and to go on: " + pg.Slave.Psql("SELECT pg_wal_replay_pause()") + "; " + pg.Slave.Psql("SELECT pg_wal_replay_resume()")},
}

var (
	promotion = pg.Slave.Psql("SELECT pg_promote()")
	asPrimary = "write REPLICATION_MODE: primary under environment of its service, and type " + pg.All.Up()
	asStandby = "write REPLICATION_MODE: standby, and MASTER_SERVER with the new primary's address, under environment of the former primary's service, and type " + pg.All.Up()
)

// notThere is what to say of a name that is no command: what does it until then, or
// which command was meant. status is the exit status where nothing is near.
func notThere(name string, status int) *pg.Fault {
	for _, l := range later {
		if slices.Contains(l.names, name) {
			return &pg.Fault{Text: "pgreplica " + name + " is not there yet", Fix: l.hint, Exit: exitUsage}
		}
	}
	return unknown(name, status)
}
