package entrypoint

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// complete gives a data directory the configuration files that it lacks. A
// base backup does not bring those of a primary that keeps them elsewhere, as
// Debian's does in /etc/postgresql.
func (n *Node) complete(dir string) error {
	hba := pgconf.LocalHBA + pgconf.HostHBA(n.cfg.HostAuthMethod)
	for _, file := range []struct{ name, text string }{
		{confFile, pgconf.InstalledConf(n.managedConf(), "")},
		{hbaFile, pgconf.InstalledHBA(n.hbaBlock(hba), hba)},
		{identFile, pgconf.ManagedIdent(n.cfg.PostgresUser, host.OwnName())},
	} {
		path := filepath.Join(dir, file.name)
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) || pgconf.ElsewhereByArgs(n.args, file.name) {
			continue
		}
		if err := pgdata.WriteFile(path, file.text); err != nil {
			return err
		}
		n.record.ForgetFile(file.name) // a mounted one is placed anew
		n.log.Warn().Str("file", file.name).Str("hint", "To have another, mount yours in "+n.cfg.ConfigDir+" and type: "+n.apply()).
			Msg("the data directory came without this file, and got one of ours")
	}
	return nil
}

// leaveOutPaths takes lines out of a copy that name files of its primary's
// host, where PostgreSQL does without them, or has its own.
func (n *Node) leaveOutPaths(dir string) error {
	for _, name := range []string{confFile, autoFile} {
		edit := func(conf string) (string, []string) { return pgconf.ConfWithoutPaths(conf, dir, n.layout.Dir) }
		left, err := pgdata.RewriteConf(filepath.Join(dir, name), edit)
		if err != nil {
			return err
		}
		for _, line := range left {
			n.log.Warn().Str("file", name).Str("line", line).Str("hint", "If this standby needs it, mount the file, and a "+confFile+" of its own in "+n.cfg.ConfigDir+".").
				Msg("left out a line that names a file of the primary's host")
		}
	}
	return nil
}

// tryCopy tells what a copy lacks before it is installed. That goes on: the
// start stops when the copy is in place, and a later one, when the file is
// there, has nothing to copy again.
func (n *Node) tryCopy(ctx context.Context, dir string) {
	if _, err := os.Stat(filepath.Join(n.cfg.ConfigDir, confFile)); err == nil {
		return // it takes the place of the copied one, and is checked then
	}
	reasons := n.lacks(dir)
	_, err := pgctl.CheckConf(ctx, dir, n.args)
	if refused, is := errors.AsType[*pgctl.ConfError](err); is {
		for _, line := range refused.Lines {
			reasons = append(reasons, strings.ReplaceAll(line, dir+"/", ""))
		}
	}
	if len(reasons) > 0 {
		err := incomplete(reasons)
		n.log.Warn().Err(err).Str("hint", err.Fix).Msg("the copy asks for what is not in this container")
	}
}

// lacks says what the configuration in dir asks for that is not here.
func (n *Node) lacks(dir string) (reasons []string) {
	conf, _ := os.ReadFile(filepath.Join(dir, confFile)) // postgres says why it cannot be read
	auto, _ := os.ReadFile(filepath.Join(dir, autoFile))
	c := pgconf.Conf{Dir: dir, Final: n.layout.Dir, LibDir: pgctl.LibDir(), Text: string(conf), After: string(auto), Args: n.args}
	for _, problem := range c.Check() {
		reasons = append(reasons, confFile+" "+problem.Error())
	}
	c.Before, c.Text, c.After = c.Text, c.After, ""
	for _, problem := range c.Check() {
		reasons = append(reasons, autoFile+" "+problem.Error())
	}
	return reasons
}

// incomplete is the fault of a standby whose copied configuration asks for what
// is not in this container.
func incomplete(reasons []string) *pg.Fault {
	return &pg.Fault{Text: strings.Join(reasons, "; "), Exit: 78,
		Fix: "Mount it there, under volumes of the service: - ./FILE:/PATH:ro; or mount a postgresql.conf without that line. Then " + pg.Slave.Up()}
}
