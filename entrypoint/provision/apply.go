package provision

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// Apply brings the server that runs in this container up to date with the
// mounted files and the passwords, without a restart. With replace it also gives
// up what was edited in the data directory; a copy is kept.
func Apply(ctx context.Context, n *node.Node, replace bool) (Changes, error) {
	host.ForgetSecrets() // postgres -C is to inherit none
	conn, err := n.Local(ctx)
	if err != nil {
		return Changes{}, notRunning(n, err)
	}
	defer conn.Close(ctx)
	if err := n.LockState(ctx); err != nil {
		return Changes{}, err
	}
	n.Record = pgdata.ReadRecord(n.Volume.State) // another apply may have written it
	if err := errors.Join(n.Record.Err(), n.FindMajor()); err != nil {
		return Changes{}, n.Explain(err)
	}
	files := Files{Node: n, Dir: n.Volume.Dir, Args: pgdata.ServerArgs(n.Volume.Dir), Running: true, Replace: replace}
	a := application{node: n, conn: conn, files: files, Changes: Changes{service: n.Service()}}
	err = a.run(ctx)
	return a.Changes, n.Explain(errors.Join(err, n.Record.Save("apply")))
}

// An application is one run of apply.
type application struct {
	node  *node.Node
	conn  *pgx.Conn
	files Files
	Changes
}

func (a *application) run(ctx context.Context) error {
	for _, do := range []func(context.Context) error{a.placeFiles, a.reload, a.givePasswords} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	var err error
	a.waiting, err = pgsql.PendingSettings(ctx, a.conn)
	return errors.Join(err, rejections(a.placed))
}

// placeFiles places what has changed, and takes back what the server itself objects
// to: it finds mistakes that neither checkHBA nor postgres -C can find.
func (a *application) placeFiles(ctx context.Context) error {
	a.node.Record.Prove() // the server answers
	placed, err := a.files.place(ctx)
	if err != nil {
		return err
	}
	for i := range placed {
		p := &placed[i]
		if !p.placed {
			continue
		}
		if p.rejection, err = a.askServer(ctx, p.mountedFile); err != nil {
			return err
		}
		if p.rejection == nil {
			continue
		}
		p.placed = false
		if err := pgdata.WriteFile(filepath.Join(a.files.Dir, p.name), p.current); err != nil {
			return err
		}
	}
	a.files.record(placed)
	a.placed = placed
	return nil
}

// askServer asks the server what it objects to in a file that is in place; nil is
// nothing.
func (a *application) askServer(ctx context.Context, m mountedFile) (*rejection, error) {
	ask, block := pgsql.ConfComplaints, m.block
	if m.name == pgconf.HBAFile {
		ask, block = pgsql.HBAComplaints, hbaBlock(a.node, pgconf.WithoutBlocks(m.text))
	}
	found, err := ask(ctx, a.conn)
	if err != nil {
		return nil, err
	}
	var reasons []string
	for _, c := range found {
		if c.File == "" || c.File == filepath.Join(a.files.Dir, m.name) {
			reasons = append(reasons, atMountedLine(m.text, block, c.Line, c.Error))
		}
	}
	if len(reasons) == 0 {
		return nil, nil
	}
	return a.files.reject(m, serverSaid, reasons...), nil
}

// reload has the server read its configuration where a file is newer than its
// last look, whoever wrote it.
func (a *application) reload(ctx context.Context) error {
	at, err := pgsql.Loaded(ctx, a.conn)
	if err != nil {
		return err
	}
	newer := func(name string) bool {
		info, err := os.Stat(filepath.Join(a.files.Dir, name))
		return err == nil && info.ModTime().After(at)
	}
	for _, name := range []string{pgconf.ConfFile, pgconf.AutoFile, pgconf.HBAFile, pgconf.IdentFile} {
		if newer(name) {
			a.done = append(a.done, "the server has read its configuration")
			return pgsql.Reload(ctx, a.conn)
		}
	}
	return nil
}

// givePasswords gives a primary's roles the passwords of the environment, and a
// standby the one that it logs in with.
func (a *application) givePasswords(ctx context.Context) error {
	here, err := pgsql.Look(ctx, a.conn)
	switch {
	case err != nil:
		return err
	case a.node.Follows() && node.RememberedPassword() != a.node.Config.ReplicationPassword.Reveal():
		a.done = append(a.done, "wrote the password that this standby logs in with: it counts from the next connection on")
		return a.node.WritePassfile()
	case a.node.Mode == pg.Standby || here.InRecovery:
		return nil
	}
	roles := Roles{a.node}
	stored, err := roles.stored(ctx, a.conn)
	if err != nil {
		return err
	}
	names, statements, err := roles.changes(stored)
	if err != nil {
		return err
	}
	if err := pgsql.RunRoleStatements(ctx, a.conn, statements); err != nil {
		return err
	}
	for _, name := range names {
		a.done = append(a.done, "brought role "+name+" up to date")
	}
	roles.record(stored)
	others, err := roles.Examine(ctx, a.conn)
	for _, other := range others {
		a.kept = append(a.kept, other.Role)
	}
	return err
}
