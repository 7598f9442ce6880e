package entrypoint

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/report"
)

// examinePatience bounds everything that doctor waits for.
const examinePatience = 2700 * time.Millisecond

// Examine looks at all that doctor judges and changes nothing. err is what is
// wrong with the environment, which then is all that it looks at. It starts no
// process, and runs on either side, with a server or without.
func Examine(ctx context.Context, cfg config.Config, warnings []config.Warning, err error) (report.Diagnosis, error) {
	rest := forgiveHidden(&cfg, err)
	seen := doctor.Seen{Mode: cfg.Mode, Now: time.Now().UTC(), Remarks: remarks(warnings, rest)}
	if rest != nil {
		return report.DiagnosisOf(seen), nil
	}
	if err := host.BecomeServerUser(); err != nil {
		return report.Diagnosis{}, err
	}
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return report.Diagnosis{}, err
	}
	limited, cancel := context.WithTimeout(ctx, examinePatience)
	defer cancel()
	e := examination{&Node{cfg: cfg, layout: layout}, &seen}
	if err := errors.Join(e.environment(), e.volume()); err != nil {
		return report.Diagnosis{}, err
	}
	seen.Files = e.node.lookAtFiles(seen.Data)
	e.server(limited)
	e.upstream(limited)
	return report.DiagnosisOf(seen), ctx.Err()
}

// An examination fills in what is seen.
type examination struct {
	node *Node
	seen *doctor.Seen
}

func remarks(warnings []config.Warning, err error) []doctor.Remark {
	var found []doctor.Remark
	add := func(m config.Mistake, mistake bool) {
		found = append(found, doctor.Remark{ID: m.ID, Text: m.Variable + ": " + m.What, Fix: m.Remedy, Mistake: mistake})
	}
	if invalid, ok := errors.AsType[*config.Invalid](err); ok {
		for _, m := range invalid.Mistakes {
			add(m, true)
		}
	}
	for _, w := range warnings {
		add(config.Mistake(w), false)
	}
	return found
}

// rememberedPassword is the replication password that a standby's start left
// for PostgreSQL.
func rememberedPassword() string {
	text, err := os.ReadFile(passfile)
	if err != nil {
		return ""
	}
	return pg.PassfilePassword(string(text))
}

func (e examination) environment() error {
	cfg := e.node.cfg
	e.seen.Major, e.seen.SystemID = cfg.PGMajor, cfg.SystemID
	e.seen.Wanted = doctor.Wanted{User: cfg.PostgresUser, Database: cfg.PostgresDB, InitDBArgs: cfg.InitDBArgs, Replicator: cfg.ReplicationUser}
	e.seen.RunsOn = host.Distribution()
	err := e.node.remember()
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil // the volume will say so itself
	}
	return err
}

// volume looks at what the data lies on, and at the data.
func (e examination) volume() error {
	layout := e.node.layout
	beside := existing(filepath.Dir(layout.State))
	v := doctor.Volume{Dir: layout.Dir, Kind: layout.Volume, Free: pgdata.Free(beside),
		Total: int64(pgdata.VolumeSize(beside)), Shared: int64(pgdata.VolumeSize("/dev/shm")), InUse: pgdata.InUse(layout)}
	v.FreeFiles, v.Inodes = pgdata.Inodes(beside)
	journal, err := pgdata.ReadJournal(layout)
	if err != nil {
		return err
	}
	v.Unfinished, v.Staging = journal.Phase, journal.Staging
	data, err := pgdata.Inspect(layout.Dir)
	e.seen.Volume, e.seen.Data = &v, &data
	if err != nil {
		return err
	}
	v.Around, err = pgdata.LookAround(layout)
	return err
}

// existing is the nearest folder above that is there.
func existing(dir string) string {
	for _, err := os.Stat(dir); err != nil && dir != "/"; _, err = os.Stat(dir) {
		dir = filepath.Dir(dir)
	}
	return dir
}

// server asks the server of this container, if one runs.
func (e examination) server(ctx context.Context) {
	conn, err := local(ctx, e.node.cfg, e.node.layout)
	var here pg.Health
	if err == nil {
		defer conn.Close(ctx)
		here, err = pgsql.Look(ctx, conn)
	}
	if err != nil {
		e.silent(err)
		return
	}
	see(e.seen, e.node.cfg, e.node.layout, here)
	if inside, err := pgsql.LookInside(ctx, conn, here.Major); err == nil {
		e.seen.Inside = &inside
	}
	e.seen.Followers, _ = pgsql.Standbys(ctx, conn)
	e.seen.Slots, _ = pgsql.Slots(ctx, conn)
}

// silent says why no server answers, unless none is there to.
func (e examination) silent(err error) {
	failure, ok := errors.AsType[*pgsql.Failure](err)
	if ok && failure.ID != "refused" {
		e.seen.Silent = &failure.Fault
	}
}
