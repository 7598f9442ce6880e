package node

import (
	"errors"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
)

// Configuration reads the environment. A standby of the earlier project, or of
// somebody's own making, records in its data directory whom it follows: it may
// go on doing so without MASTER_SERVER.
func Configuration() (config.Config, []config.Warning, error) {
	cfg, warnings, err := config.Load(os.Environ())
	invalid, mistaken := errors.AsType[*config.Invalid](err)
	if mistaken && cfg.Mode == pg.Standby && !cfg.ReplicationPassword.IsSet() && recordsUpstream(cfg.PGData) {
		err = invalid.Adopted()
	}
	return cfg, warnings, err
}

// ConfigurationToLook reads the environment for a command that only looks. A
// secret that root alone can read is no mistake there: the replication password
// that a start left for PostgreSQL takes its place.
func ConfigurationToLook() (config.Config, []config.Warning, error) {
	cfg, warnings, err := Configuration()
	rest, hidden := config.Unreadable(err)
	if hidden {
		_ = cfg.ReplicationPassword.Decode(RememberedPassword()) // never fails
	}
	return cfg, warnings, rest
}

// recordsUpstream says whether PGDATA holds a standby whose data directory records
// the server that it follows.
func recordsUpstream(pgData string) bool {
	l, err := pgdata.Locate(pgData)
	return err == nil && pgdata.CheckFiles(l) == nil && recordedSetting(l.Dir, "primary_conninfo") != ""
}

// recordedSetting is the value of a setting in the postgresql.auto.conf of the
// standby in dir; empty where there is none, or where dir holds no standby.
func recordedSetting(dir, setting string) string {
	if standby, err := pgdata.IsStandby(dir); err != nil || !standby {
		return ""
	}
	conf, err := pgdata.ReadConf(filepath.Join(dir, pgconf.AutoFile))
	if err != nil {
		return ""
	}
	value, _ := pgconf.Setting(string(conf), setting)
	return value
}
