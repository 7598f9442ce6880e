package plan

import (
	"fmt"

	"pgreplica/entrypoint/pg"
)

// standby decides for a server that follows another.
func standby(want Want, have Have) (Plan, error) {
	data, upstream := have.Data, have.Upstream
	if data.Contents == pg.Cluster && data.Standby {
		return oldStandby(have)
	}
	switch cluster := data.Contents == pg.Cluster; {
	case cluster && have.Recorded.Mode == pg.Standby && have.Recorded.Timeline < data.Timeline:
		return refuse(exitSafety, "this standby was promoted",
			fmt.Sprintf("timeline %d, it followed on timeline %d, REPLICATION_MODE is standby", data.Timeline, have.Recorded.Timeline),
			"If it is the primary now, start it with REPLICATION_MODE=primary. If it is to follow again, move its data away so that it is copied anew.")
	case cluster && have.Recorded.Mode == pg.Standby:
		return refuse(exitSafety, "standby.signal is gone from a standby's data directory", "started like this it would be a second primary on the same timeline",
			"If it was never opened for writing, put the file back: touch standby.signal. Otherwise move the data away so that it is copied anew.")
	case data.Contents != pg.Empty && want.KeepExisting:
		return refuse(exitData, "a new standby found existing data, and EXISTING_DATA is refuse", existing(data),
			"Move it away, or set EXISTING_DATA=backup to have it set aside.")
	case upstream == nil:
		return next("the primary does not answer", AwaitPrimary{})
	case upstream.Major != want.Major:
		return refuse(exitData, "the primary is of another major version", fmt.Sprintf("the primary is PostgreSQL %d, this image is %d", upstream.Major, want.Major),
			fmt.Sprintf("Build this image with the primary's version: PG_MAJOR=%d docker compose up -d --build.", upstream.Major))
	case want.SystemID != 0 && upstream.SystemID != want.SystemID:
		return refuse(exitData, "the server at MASTER_SERVER is of another cluster than SYSTEM_ID says", fmt.Sprintf("it is of %s, SYSTEM_ID is %s", upstream.SystemID, want.SystemID),
			"Check MASTER_SERVER and MASTER_PORT, or correct SYSTEM_ID.")
	case have.Recorded.SystemID != 0 && upstream.SystemID != have.Recorded.SystemID && (have.Recorded.Mode == pg.Standby || data.Contents == pg.Empty):
		return refuse(exitData, "this volume has held another cluster than the one at MASTER_SERVER", fmt.Sprintf("it held %s, the primary is of %s", have.Recorded.SystemID, upstream.SystemID),
			"Check MASTER_SERVER and MASTER_PORT. To follow the other cluster, use an empty volume.")
	case cluster && data.SystemID == upstream.SystemID:
		return refuse(exitData, "data directory was a primary of the same cluster", fmt.Sprintf("system identifier %s, timeline %d, the primary is on timeline %d", data.SystemID, data.Timeline, upstream.Timeline),
			"It may hold rows that the primary lacks. Keep them: move the data away by hand, then start again and the standby is copied anew.")
	case data.Contents == pg.Empty:
		return clone("data directory is empty", want)
	case data.Contents == pg.Incomplete:
		return clone("data directory holds an incomplete cluster", want, SetAside{})
	}
	return clone("data directory holds a cluster that never followed this primary", want, SetAside{})
}

// oldStandby starts a standby's data, whether its upstream answers or not.
func oldStandby(have Have) (Plan, error) {
	data, upstream := have.Data, have.Upstream
	switch {
	case upstream == nil:
		return start("data directory is a standby's", have)
	case upstream.SystemID != data.SystemID:
		return refuse(exitData, "the server at MASTER_SERVER is of another cluster", fmt.Sprintf("the data is of %s, the primary of %s", data.SystemID, upstream.SystemID),
			"Check MASTER_SERVER and MASTER_PORT. To follow the other cluster, use an empty volume.")
	case upstream.Major != data.Major:
		return refuse(exitData, "the primary is of another major version", fmt.Sprintf("the primary is PostgreSQL %d, the data is %d", upstream.Major, data.Major),
			"Upgrade this standby by copying it anew: use an empty volume and the primary's version.")
	case upstream.Timeline < data.Timeline:
		return refuse(exitData, "the data has left the history of the server at MASTER_SERVER", fmt.Sprintf("it is on timeline %d, that server on timeline %d", data.Timeline, upstream.Timeline),
			"Point MASTER_SERVER at the server that was promoted last.")
	}
	return start("data directory is a standby's", have)
}

func clone(why string, want Want, aside ...Step) (Plan, error) {
	steps := []Step{ReserveSlot{want.Slot}, BaseBackup{want.Slot}}
	if want.Verify {
		steps = append(steps, Verify{})
	}
	steps = append(append(steps, FollowConf{}), aside...)
	return next(why, append(steps, MoveIn{})...)
}

func existing(data pg.DataDir) string {
	if data.Contents == pg.Cluster {
		return fmt.Sprintf("a cluster with system identifier %s", data.SystemID)
	}
	return "an incomplete cluster"
}
