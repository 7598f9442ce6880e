package entrypoint

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// Reconfigure brings the server that runs in this container up to date with the
// mounted files and the passwords, without a restart. With replace it also
// gives up what was edited in the data directory; a copy is kept.
func Reconfigure(ctx context.Context, cfg config.Config, replace bool) (Changes, error) {
	host.ForgetSecrets() // postgres -C is to inherit none
	n, err := NewNode(cfg, zerolog.Nop(), nil)
	if err != nil {
		return Changes{}, err
	}
	if err := host.BecomeServerUser(); err != nil {
		return Changes{}, err
	}
	conn, err := local(ctx, cfg, n.layout)
	if err != nil {
		return Changes{}, n.notRunning(err)
	}
	defer conn.Close(ctx)
	if err := lockState(ctx, n.layout.State); err != nil {
		return Changes{}, err
	}
	if err := n.remember(); err != nil {
		return Changes{}, n.explainDisk(err)
	}
	n.args, n.replace, n.serves = pgdata.ServerArgs(n.layout.Dir), replace, true
	r := reconfiguration{Node: n, conn: conn, Changes: Changes{service: n.service()}}
	err = r.run(ctx)
	return r.Changes, n.explainDisk(errors.Join(err, r.record.Save("apply")))
}

// A reconfiguration is one run of apply.
type reconfiguration struct {
	*Node
	conn *pgx.Conn
	Changes
}

func (r *reconfiguration) run(ctx context.Context) error {
	for _, do := range []func(context.Context) error{r.files, r.reload, r.passwords} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	var err error
	r.waiting, err = pgsql.PendingSettings(ctx, r.conn)
	return errors.Join(err, refusals(r.placed))
}

// files places what has changed, and takes back what the server itself objects
// to: it knows more than anybody who reads for it.
func (r *reconfiguration) files(ctx context.Context) error {
	placed, err := r.placeFiles(ctx, r.layout.Dir, false)
	if err != nil {
		return err
	}
	for i := range placed {
		p := &placed[i]
		if !p.placed {
			continue
		}
		if p.refused, err = r.object(ctx, p.mounted); err != nil {
			return err
		}
		if p.refused == nil {
			continue
		}
		p.placed = false
		if err := pgdata.WriteFile(filepath.Join(r.layout.Dir, p.name), p.current); err != nil {
			return err
		}
	}
	r.notePlacements(placed)
	r.Changes.placed = placed
	return nil
}

// object asks the server about a file that is in place.
func (r *reconfiguration) object(ctx context.Context, m mounted) (*rejected, error) {
	ask, block := pgsql.ConfComplaints, r.managedConf()
	if m.name == hbaFile {
		ask, block = pgsql.HBAComplaints, r.hbaBlock(pgconf.Users(m.text))
	}
	found, err := ask(ctx, r.conn)
	if err != nil {
		return nil, err
	}
	var reasons []string
	for _, c := range found {
		if c.File == "" || c.File == filepath.Join(r.layout.Dir, m.name) {
			reasons = append(reasons, atMountedLine(m.text, block, c.Line, c.Error))
		}
	}
	if len(reasons) == 0 {
		return nil, nil
	}
	return r.rejection(m, serverSaid, reasons...), nil
}

// reload has the server read its configuration where a file is newer than its
// last look, whoever wrote it.
func (r *reconfiguration) reload(ctx context.Context) error {
	at, err := pgsql.Loaded(ctx, r.conn)
	if err != nil {
		return err
	}
	newer := func(name string) bool {
		info, err := os.Stat(filepath.Join(r.layout.Dir, name))
		return err == nil && info.ModTime().After(at)
	}
	for _, name := range []string{confFile, autoFile, hbaFile, identFile} {
		if newer(name) {
			r.done = append(r.done, "the server has read its configuration")
			return pgsql.Reload(ctx, r.conn)
		}
	}
	return nil
}

// passwords gives a primary's roles theirs, and a standby the one that it logs
// in with.
func (r *reconfiguration) passwords(ctx context.Context) error {
	here, err := pgsql.Look(ctx, r.conn)
	switch {
	case err != nil:
		return err
	case r.cfg.Mode == pg.Standby && r.cfg.MasterServer != "" && rememberedPassword() != r.cfg.ReplicationPassword.Reveal():
		r.done = append(r.done, "wrote the password that this standby logs in with: it counts from the next connection on")
		return r.writePassfile()
	case r.cfg.Mode == pg.Standby || here.InRecovery:
		return nil
	}
	names, statements, err := r.roleChanges()
	if err != nil {
		return err
	}
	if err := pgsql.Run(ctx, r.conn, statements); err != nil {
		return err
	}
	for _, name := range names {
		r.done = append(r.done, "brought role "+name+" up to date")
	}
	r.setRoles()
	return nil
}

// statePatience bounds the wait for another apply.
const statePatience = 10 * time.Second

// lockState keeps another apply out. A start does not need it: it holds the
// volume.
func lockState(ctx context.Context, dir string) error {
	for began := time.Now(); ; {
		err := pgdata.Lock(dir)
		switch {
		case !errors.Is(err, pgdata.ErrLocked):
			return err
		case time.Since(began) > statePatience:
			return errors.New("another pgreplica apply has been at work for " + statePatience.String() + "; wait for it, then: pgreplica apply")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
