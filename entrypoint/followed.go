package entrypoint

import (
	"os"
	"path/filepath"

	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
)

// recordedSlot is the slot that the standby in dir reads from, or nothing.
func recordedSlot(dir string) string { return recorded(dir, "primary_slot_name") }

// follows says whether the data of PGDATA is a standby's that records whom it
// follows.
func follows(pgData string) bool {
	l, err := pgdata.Locate(pgData)
	return err == nil && pgdata.CheckFiles(l) == nil && recorded(l.Dir, "primary_conninfo") != ""
}

// recorded is what the standby in dir has in postgresql.auto.conf for a
// setting; nothing where dir holds no standby.
func recorded(dir, setting string) string {
	if standby, err := pgdata.IsStandby(dir); err != nil || !standby {
		return ""
	}
	conf, err := os.ReadFile(filepath.Join(dir, "postgresql.auto.conf"))
	if err != nil {
		return ""
	}
	value, _ := pgconf.Setting(string(conf), setting)
	return value
}
