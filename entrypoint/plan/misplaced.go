package plan

import (
	"fmt"

	"pgreplica/entrypoint/pg"
)

// Misplaced refuses a cluster or a copy that would be made because the data that
// exists was mounted in another place, or is of another version, than this image
// looks for. It is a part of For that a start asks before it touches anything.
func Misplaced(want Want, have Have) error {
	around := have.Around
	nothing := have.Data.Contents == pg.Empty || have.Data.Contents == pg.Foreign
	if have.Unfinished != pg.NoChange || !nothing {
		return nil
	}
	for _, there := range around.Clusters {
		if there.Major != want.Major {
			return otherVersion(want, have, there)
		}
	}
	switch {
	case len(around.Clusters) > 0:
		return otherPlace(have, around.Clusters[0])
	case around.Elsewhere != "":
		_, err := refuse(exitSafety, "a volume is mounted beside the data directory",
			fmt.Sprintf("it is mounted at %s, the data directory %s lies on no volume that lasts", around.Elsewhere, have.Dir), mountAt(around.Belongs))
		return err
	}
	return nil
}

// otherVersion refuses to begin anew beside a cluster of another version.
func otherVersion(want Want, have Have, there pg.Neighbour) error {
	upgrade := fmt.Sprintf("To bring it to %d, dump it there, %s, and load that into %d on an empty volume.", want.Major, pg.Master.Exec("pg_dumpall -U postgres > all.sql"), want.Major)
	if want.Mode == pg.Standby {
		upgrade = fmt.Sprintf("To follow a primary of %d, use an empty volume.", want.Major)
	}
	_, err := refuse(exitData, "the volume holds a cluster of another major version",
		fmt.Sprintf("PostgreSQL %d lies in %s, this image is %d and its data directory %s holds none", there.Major, there.Dir, want.Major, have.Dir),
		fmt.Sprintf("If it is not needed, move it out of the volume. %s To go on with it, use the image of %d (PG_MAJOR=%d) and mount the volume where that one keeps it, - data:%s, then %s.",
			upgrade, there.Major, there.Major, pg.MountPoint(there.Major), pg.All.Rebuild()))
	return err
}

// otherPlace refuses to begin anew beside a cluster that this image could run.
func otherPlace(have Have, there pg.Neighbour) error {
	remedy := fmt.Sprintf("If it is not needed, move it out of the volume. To use it, write PGDATA: %s under environment of the service (in the shipped compose files PG_DATA=%s in .env), then %s.", there.Dir, there.Dir, pg.All.Up())
	if have.Around.Elsewhere != "" {
		remedy = mountAt(have.Around.Belongs)
	}
	_, err := refuse(exitData, "the volume holds a cluster in another place",
		fmt.Sprintf("PostgreSQL %d lies in %s, the data directory %s holds none", there.Major, there.Dir, have.Dir), remedy)
	return err
}

func mountAt(point string) string {
	return "Mount the volume at " + point + ": under volumes of the service write - data:" + point + ", then " + pg.All.Up() + "."
}
