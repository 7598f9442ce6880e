package plan

import (
	"fmt"

	"pgreplica/entrypoint/pg"
)

// Misplaced refuses to create or copy a cluster where the data directory is empty
// only because the data lies elsewhere: in another folder of the volume, on a
// volume that is mounted beside it, or where an image of another major version
// keeps it. For asks this as well; a start asks it before it changes anything.
func Misplaced(want Want, have Have) error {
	around := have.Around
	noCluster := have.Data.Contents == pg.Empty || have.Data.Contents == pg.Foreign
	if have.Unfinished != pg.NoChange || !noCluster {
		return nil
	}
	for _, neighbour := range around.Clusters {
		if neighbour.Major != want.Major {
			return refuseOtherVersion(want, have, neighbour)
		}
	}
	switch {
	case len(around.Clusters) > 0:
		return refuseOtherPlace(have, around.Clusters[0])
	case around.Elsewhere != "":
		_, err := refuse(exitSafety, "a volume is mounted beside the data directory",
			fmt.Sprintf("it is mounted at %s, the data directory %s lies on no volume that lasts", around.Elsewhere, have.Dir), mountRemedy(around.Belongs))
		return err
	}
	return nil
}

// refuseOtherVersion refuses to begin anew beside a cluster of another version.
func refuseOtherVersion(want Want, have Have, neighbour pg.Neighbour) error {
	upgrade := fmt.Sprintf("To bring it to %d, dump it there, %s, and load that into %d on an empty volume: %s && %s.", want.Major,
		pg.Master.Pipe("pg_dumpall -U postgres > all.sql"), want.Major, pg.Master.Pipe("psql -U postgres < all.sql"), pg.Master.Exec("pgreplica apply"))
	if want.Mode == pg.Standby {
		upgrade = fmt.Sprintf("To follow a primary of %d, use an empty volume.", want.Major)
	}
	_, err := refuse(exitData, "the volume holds a cluster of another major version",
		fmt.Sprintf("PostgreSQL %d lies in %s, this image is %d and its data directory %s holds none", neighbour.Major, neighbour.Dir, want.Major, have.Dir),
		fmt.Sprintf("If it is not needed, move it out of the volume. %s To go on with it, use the image of %d (PG_MAJOR=%d) and mount the volume where that one keeps it, - data:%s, then %s.",
			upgrade, neighbour.Major, neighbour.Major, pg.MountPoint(neighbour.Major), pg.All.Rebuild()))
	return err
}

// refuseOtherPlace refuses to begin anew beside a cluster that this image could run.
func refuseOtherPlace(have Have, neighbour pg.Neighbour) error {
	remedy := fmt.Sprintf("If it is not needed, move it out of the volume. To use it, write PGDATA: %s under environment of the service (in the shipped compose files PG_DATA=%s in .env), then %s.", neighbour.Dir, neighbour.Dir, pg.All.Up())
	if have.Around.Elsewhere != "" {
		remedy = mountRemedy(have.Around.Belongs)
	}
	_, err := refuse(exitData, "the volume holds a cluster in another place",
		fmt.Sprintf("PostgreSQL %d lies in %s, the data directory %s holds none", neighbour.Major, neighbour.Dir, have.Dir), remedy)
	return err
}

// mountRemedy says how to mount the volume at a folder of the container.
func mountRemedy(point string) string {
	return "Mount the volume at " + point + ": under volumes of the service write - data:" + point + ", then " + pg.All.Up() + "."
}
