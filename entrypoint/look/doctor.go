package look

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/provision"
)

// Examine looks at all that doctor judges. wrong is what is wrong with the
// environment, or nil; where something is, nothing else is looked at. It works for
// a primary and a standby, with a server or without.
func Examine(ctx context.Context, cfg config.Config, warnings []config.Warning, wrong error) (doctor.Seen, error) {
	seen := doctor.Seen{Mode: cfg.Mode, Now: time.Now().UTC()}
	if wrong == nil {
		n, err := node.Open(cfg, zerolog.Nop())
		if err != nil {
			return seen, err
		}
		if seen, err = Gather(ctx, n, Doctor); err != nil {
			return seen, err
		}
	}
	seen.Remarks = remarks(warnings, wrong)
	return seen, nil
}

// remarks are the warnings on the environment, and what is wrong with it.
func remarks(warnings []config.Warning, wrong error) []doctor.Remark {
	var found []doctor.Remark
	add := func(m config.Mistake, mistake bool) {
		found = append(found, doctor.Remark{ID: m.ID, Text: m.Variable + ": " + m.What, Fix: m.Remedy, Mistake: mistake})
	}
	if invalid, ok := errors.AsType[*config.Invalid](wrong); ok {
		for _, m := range invalid.Mistakes {
			add(m, true)
		}
	}
	for _, w := range warnings {
		add(config.Mistake(w), false)
	}
	return found
}

// examine looks at the environment, the volume, the data and the mounted files. A
// record that this user may not read is no error: the volume then shows why.
func (g *gatherer) examine() error {
	cfg := g.node.Config
	g.seen.Major, g.seen.SystemID, g.seen.RunsOn = g.node.Major, cfg.SystemID, host.Distribution()
	g.seen.Wanted = doctor.Wanted{User: cfg.PostgresUser, Database: cfg.PostgresDB, InitDBArgs: cfg.InitDBArgs, Replicator: cfg.ReplicationUser}
	if err := g.node.Record.Err(); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if err := g.examineVolume(); err != nil {
		return err
	}
	g.seen.Files = provision.Files{Node: g.node, Dir: g.node.Volume.Dir}.Examine(*g.seen.Data)
	return nil
}

// examineVolume looks at what the data lies on, and at the data.
func (g *gatherer) examineVolume() error {
	volume := g.node.Volume
	beside := nearestFolder(filepath.Dir(volume.State))
	v := doctor.Volume{Dir: volume.Dir, Kind: volume.Volume, Free: pgdata.Free(beside),
		Total: int64(pgdata.VolumeSize(beside)), Shared: int64(pgdata.VolumeSize("/dev/shm")), InUse: pgdata.InUse(volume)}
	v.WAL = int64(cmp.Or(pgdata.VolumeSize(filepath.Join(volume.Dir, "pg_wal")), uint64(v.Total)))
	v.FreeFiles, v.Inodes = pgdata.Inodes(beside)
	journal, err := pgdata.ReadJournal(volume)
	if err != nil {
		return err
	}
	v.Unfinished, v.Staging = journal.Phase, journal.Staging
	data, err := pgdata.Inspect(volume.Dir)
	g.seen.Volume, g.seen.Data = &v, &data
	if err != nil {
		return err
	}
	v.Around, err = pgdata.LookAround(volume)
	return err
}

// nearestFolder is dir, or the nearest folder above it that exists.
func nearestFolder(dir string) string {
	for _, err := os.Stat(dir); err != nil && dir != "/"; _, err = os.Stat(dir) {
		dir = filepath.Dir(dir)
	}
	return dir
}
