package plan

import (
	"fmt"

	"pgreplica/entrypoint/pg"
)

// Exit statuses of a refusal, from sysexits(3).
const (
	exitData   = 65 // the data is incompatible or has diverged
	exitSafety = 77 // going on could make a second primary or an empty one
	exitConfig = 78 // the configuration contradicts the data
)

// A Refusal ends a start: each way to go on could lose data.
type Refusal struct {
	Exit     int
	Reason   string // what is wrong, without a period
	Evidence string // what was found that shows it; may be empty
	Remedy   string // sentences that end in something to type
}

func (r *Refusal) Error() string {
	if r.Evidence == "" {
		return r.Reason
	}
	return r.Reason + ": " + r.Evidence
}

// Hint is what a person can do about it.
func (r *Refusal) Hint() string { return r.Remedy }

// ExitStatus is what the process ends with.
func (r *Refusal) ExitStatus() int { return r.Exit }

func refuse(exit int, reason, evidence, remedy string) (Plan, error) {
	return Plan{}, &Refusal{Exit: exit, Reason: reason, Evidence: evidence, Remedy: remedy}
}

// checkData refuses data that this image may start neither as a primary nor as a
// standby.
func checkData(want Want, have Have) error {
	if err := Misplaced(want, have); err != nil {
		return err
	}
	_, err := refuseData(want, have)
	return err
}

// refuseData returns an empty plan where nothing is wrong with the data.
func refuseData(want Want, have Have) (Plan, error) {
	data := have.Data
	switch cluster := data.Contents == pg.Cluster; {
	case have.TwoLayouts:
		return refuse(exitData, "the volume holds two clusters", "one at its root, one in pgdata",
			"Keep the one that you want: move the other folder out of the volume, then start again.")
	case data.Contents == pg.Foreign:
		return refuse(exitData, "data directory holds files that are not a cluster", data.Strangers,
			"Mount an empty volume, or move these files away, then start again.")
	case data.Contents == pg.Corrupt:
		return refuse(exitData, "global/pg_control cannot be trusted", "its checksum is wrong or it is cut short",
			"Restore the data directory from a backup, or move it away so that a standby is copied anew; never run pg_resetwal on the only copy.")
	case data.Major != 0 && data.Major != want.Major:
		return refuse(exitData, "data directory is of another major version",
			fmt.Sprintf("the data is PostgreSQL %d, this image is %d", data.Major, want.Major),
			fmt.Sprintf("Use the image of %d: set PG_MAJOR=%d, then %s.", data.Major, data.Major, pg.All.Rebuild()))
	case cluster && want.SystemID != 0 && data.SystemID != want.SystemID:
		return refuse(exitData, "data directory belongs to another cluster than SYSTEM_ID says",
			fmt.Sprintf("it is of %s, SYSTEM_ID is %s", data.SystemID, want.SystemID),
			"Mount the right volume, or correct SYSTEM_ID.")
	case cluster && data.Missing != "":
		return refuse(exitData, "a tablespace or the WAL directory is missing", data.Missing,
			"Mount the folder that the link leads to, at the same path, then start again. Without it PostgreSQL would lose what lies there.")
	case cluster && data.RecoverySignal:
		return refuse(exitData, "a point-in-time recovery is under way", "recovery.signal is there",
			"Finish it with PostgreSQL's own image, or remove recovery.signal, then start again.")
	case cluster && data.BackupLabel && !data.Standby:
		return refuse(exitData, "data directory was copied from a running server", "backup_label is there, standby.signal is not",
			"Started like this it would be a second primary. To follow the primary, move it away and let the standby be copied anew; to restore it as the primary, use PostgreSQL's own image.")
	}
	return Plan{}, nil
}
