package provision

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// A Standby is what makes a data directory follow the upstream.
type Standby struct {
	Node     *node.Node
	Dir      string     // the data directory, or a copy in staging
	Args     []string   // of postgres
	Upstream *pg.Server // nil: it has not answered
}

// Make writes whom to follow, and standby.signal last: until then the data is
// what it was.
func (s Standby) Make() error {
	for _, name := range []string{pgconf.ConfFile, pgconf.AutoFile} {
		dropped, err := pgdata.Rewrite(filepath.Join(s.Dir, name), s.standbyConf)
		if err != nil {
			return err
		}
		if len(dropped) > 0 {
			s.Node.Log.Info().Str("file", name).Str("settings", strings.Join(dropped, " ")).Msg("left out what is only the primary's")
		}
	}
	if err := s.WriteRecovery(); err != nil {
		return err
	}
	return pgdata.WriteFile(filepath.Join(s.Dir, "standby.signal"), "")
}

// standbyConf is a configuration that was copied, without what is only the
// primary's and with our defaults for this volume. dropped are the settings that
// were left out.
func (s Standby) standbyConf(copied string) (text string, dropped []string) {
	text, dropped = pgconf.StandbyConf(copied)
	if pgconf.HasBlock(text) {
		text = pgconf.InstalledConf(managedConf(s.Node, s.Dir, text), text)
	}
	return text, dropped
}

// MakeInPlace makes a former primary's data a standby's. Where postgresql.conf is
// a mounted one that nobody edited, what Make takes out of it does not count as an
// edit.
func (s Standby) MakeInPlace() error {
	files := Files{Node: s.Node, Dir: s.Dir}
	before, err := files.read(pgconf.ConfFile)
	if err != nil {
		return err
	}
	verdict := files.verdict(before)
	if err := s.Make(); err != nil {
		return err
	}
	after, err := files.read(pgconf.ConfFile)
	if err == nil && verdict == plan.InPlace {
		s.Node.Record.PlaceAs(after.name, pgdata.Hash(pgconf.WithoutBlocks(after.current)))
	}
	return err
}

// WriteRecovery writes whom to follow into postgresql.auto.conf, where
// PostgreSQL reads it last.
func (s Standby) WriteRecovery() error {
	return writeAutoConf(s.Dir, map[string]string{
		"primary_conninfo": s.Node.Conninfo().String(), "primary_slot_name": s.Node.Slot,
		"recovery_target_timeline": "latest", "cluster_name": s.Node.Slot,
	})
}

// WriteDelay writes how late this standby is to be, and takes it away again
// where APPLY_DELAY is unset. A delay of somebody else's making stays.
func (s Standby) WriteDelay() error {
	wanted := ""
	if delay := time.Duration(s.Node.Config.ApplyDelay).Milliseconds(); delay > 0 {
		wanted = fmt.Sprintf("%dms", delay)
	}
	record := s.Node.Record
	switch {
	case wanted == "" && !record.Delayed:
		return nil
	case !record.Delayed: // recorded first, or a start that was killed would leave a delay that no later start takes away
		record.SetDelayed(true)
		if err := record.Save("start"); err != nil {
			return err
		}
	}
	err := writeAutoConf(s.Dir, map[string]string{"recovery_min_apply_delay": wanted})
	if err == nil {
		record.SetDelayed(wanted != "")
	}
	return err
}

// writeAutoConf changes settings in postgresql.auto.conf; an empty value removes
// the setting.
func writeAutoConf(dir string, settings map[string]string) error {
	path := filepath.Join(dir, pgconf.AutoFile)
	old, err := pgdata.ReadConf(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text := pgconf.AutoConf(string(old), settings)
	if text == string(old) {
		return nil
	}
	return pgdata.WriteFile(path, text)
}
