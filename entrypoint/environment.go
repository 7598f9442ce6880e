package entrypoint

import (
	"errors"
	"os"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/pg"
)

// Configuration reads the environment. A standby of the earlier project, or of
// somebody's own making, records in its data directory whom it follows: it may
// go on doing so without MASTER_SERVER.
func Configuration() (config.Config, []config.Warning, error) {
	cfg, warnings, err := config.Load(os.Environ())
	invalid, mistaken := errors.AsType[*config.Invalid](err)
	if mistaken && cfg.Mode == pg.Standby && !cfg.ReplicationPassword.IsSet() && follows(cfg.PGData) {
		err = invalid.Adopted()
	}
	return cfg, warnings, err
}

// ConfigurationToLook reads the environment for a command that only looks.
func ConfigurationToLook() (config.Config, error) {
	cfg, _, err := Configuration()
	err = forgiveHidden(&cfg, err)
	return cfg, err
}

// forgiveHidden does not miss a secret that root alone can read: the one that a
// start left for PostgreSQL serves. It returns what else is wrong.
func forgiveHidden(cfg *config.Config, err error) error {
	rest, hidden := config.Unreadable(err)
	if hidden {
		_ = cfg.ReplicationPassword.Decode(rememberedPassword()) // never fails
	}
	return rest
}
