package plan

import "pgreplica/entrypoint/pg"

// primary decides for a server that accepts writes.
func primary(want Want, have Have) (Plan, error) {
	data := have.Data
	switch {
	case data.Contents == pg.Incomplete:
		return refuse(exitData, "data directory holds an incomplete cluster", "PG_VERSION is there, global/pg_control is not",
			"An initdb or a base backup was cut short. If nothing in it is needed, move it away, then start again.")
	case data.Contents == pg.Empty:
		return newPrimary(want, have)
	case data.Standby:
		return refuse(exitConfig, "data directory is a standby's", "standby.signal is there, REPLICATION_MODE is primary",
			"Start it as one: write REPLICATION_MODE: standby and MASTER_SERVER under environment of its service, then "+pg.Master.Up()+
				". To make it the primary, promote it while it runs so, "+pg.Master.Psql("SELECT pg_promote()")+", and write REPLICATION_MODE: primary again.")
	}
	return start("data directory is a primary's", have)
}

// newPrimary creates a cluster only where nothing suggests that one exists.
func newPrimary(want Want, have Have) (Plan, error) {
	switch {
	case have.Recorded.SystemID != 0:
		return refuse(exitData, "the data of a cluster is missing", "system identifier "+have.Recorded.SystemID.String()+" lived on this volume, the data directory is empty",
			"Restore it, or put a data_old-* folder back in its place. To begin anew, use an empty volume.")
	case want.SystemID != 0:
		return refuse(exitSafety, "the data directory is empty, but SYSTEM_ID names an existing cluster", "SYSTEM_ID is "+want.SystemID.String(),
			"Check that the right volume is mounted (docker volume ls), or unset SYSTEM_ID to make a new cluster.")
	case have.PeerHasCluster:
		return Plan{}, PeerHolds(have.Peer)
	case want.RequireVolume && have.Volume != pg.Named:
		return refuse(exitSafety, "no volume is mounted for the data", volumeEvidence(have.Volume),
			"Mount a named volume or a folder on /var/lib/postgresql/data, or set REQUIRE_VOLUME=off for a throw-away server.")
	}
	steps := []Step{InitDB{}, PlaceConf{}, MakeRoles{}}
	if have.Scripts {
		steps = append(steps, RunScripts{})
	}
	if want.AskPeers {
		steps = append(steps, AskPeers{})
	}
	return next("data directory is empty", append(steps, Sync{}, MoveIn{})...)
}

// PeerHolds refuses to make a cluster beside that of another server. peer says which
// server, and what it answered: it may hold the only copy of what was here.
func PeerHolds(peer string) error {
	_, err := refuse(exitSafety, "the data directory is empty, but a server of PEERS holds a cluster", peer,
		"If this disk was lost, that server may hold the only copy: promote it where it runs, "+pg.Slave.Psql("SELECT pg_promote()")+
			", and write REPLICATION_MODE: primary under environment of its service. If the wrong volume is mounted, mount the right one. To make a new, empty cluster all the same, write PEERS=none in .env, then "+pg.Master.Up()+".")
	return err
}

func volumeEvidence(volume pg.Volume) string {
	if volume == pg.Anonymous {
		return "the data directory lies on an anonymous volume, which a new container does not get back"
	}
	return "the data directory lies in the container, and goes with it"
}
