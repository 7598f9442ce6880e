package plan

import (
	"fmt"

	"pgreplica/entrypoint/pg"
)

// refuseOtherMajor refuses to copy a server of another major version. The remedy
// is the image to build, where this program has one for that version.
func refuseOtherMajor(want Want, upstream pg.Server) (Plan, error) {
	evidence := fmt.Sprintf("the primary is PostgreSQL %d, this image is %d", upstream.Major, want.Major)
	if upstream.Major < pg.OldestMajor || upstream.Major > pg.NewestMajor {
		return refuse(exitData, "the primary is of another major version", fmt.Sprintf("%s, and versions %d to %d are known here", evidence, pg.OldestMajor, pg.NewestMajor),
			"Check that MASTER_SERVER and MASTER_PORT are the primary's. A primary of an older version must be upgraded first, one of a newer version needs a newer pgreplica.")
	}
	return refuse(exitData, "the primary is of another major version", evidence,
		fmt.Sprintf("Build this image with the primary's version: PG_MAJOR=%d %s.", upstream.Major, pg.All.Rebuild()))
}

// checkUpstream refuses a server whose settings allow no base backup or no standby.
// A setting that the server did not report refuses nothing.
func checkUpstream(upstream pg.Server) error {
	_, err := refuseUpstream(upstream.Settings)
	return err
}

// refuseUpstream returns an empty plan where nothing is wrong with the settings.
func refuseUpstream(settings pg.Settings) (Plan, error) {
	size, known := settings.Number("block_size")
	if known && size != pg.BlockSize {
		return refuse(exitData, "the primary was built with another block size", fmt.Sprintf("its blocks have %d bytes, those of this image %d", size, pg.BlockSize),
			"Build this image on the PostgreSQL that the primary runs: a copy of its files can be read by no other.")
	}
	if level := settings["wal_level"]; level == "minimal" {
		return refuse(exitConfig, "the primary writes too little WAL for a standby", "its wal_level is minimal",
			primaryRemedy("ALTER SYSTEM SET wal_level = replica"))
	}
	if senders, known := settings.Number("max_wal_senders"); known && senders < 2 {
		return refuse(exitConfig, "the primary has too few walsenders for a base backup", fmt.Sprintf("its max_wal_senders is %d, and a base backup takes two at once", senders),
			primaryRemedy("ALTER SYSTEM SET max_wal_senders = 10"))
	}
	return Plan{}, nil
}

// primaryRemedy says how to change a setting of the primary that needs a restart.
func primaryRemedy(statement string) string {
	return "On the primary: " + pg.Master.Psql(statement) + ", then " + pg.Master.Restart() + "."
}
