package provision

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// Complete writes the configuration files that a data directory does not have. A
// base backup does not bring those of a primary that keeps them elsewhere, as
// Debian's does in /etc/postgresql.
func (f Files) Complete() error {
	n := f.Node
	// md5 takes a password that is stored as SCRAM as well, and whose these are is
	// not known: the roles came with the copy.
	hba := pgconf.LocalHBA + pgconf.HostHBA(cmp.Or(n.Config.HostAuthMethod, "md5"))
	for _, file := range []struct{ name, text string }{
		{pgconf.ConfFile, pgconf.InstalledConf(managedConf(n, f.Dir, ""), "")},
		{pgconf.HBAFile, pgconf.InstalledHBA(hbaBlock(n, hba), hba)},
		{pgconf.IdentFile, pgconf.ManagedIdent(node.Superuser(n), host.OwnName())},
	} {
		path := filepath.Join(f.Dir, file.name)
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) || pgconf.ElsewhereByArgs(f.Args, file.name) {
			continue
		}
		if err := pgdata.WriteFile(path, file.text); err != nil {
			return err
		}
		n.Record.ForgetFile(file.name) // a mounted one is placed anew
		n.Log.Warn().Str("file", file.name).Str("hint", "To have another, mount yours in "+n.Config.ConfigDir+" and type: "+applyCommand(n.Service())).
			Msg("the data directory came without this file, and got one of ours")
	}
	return nil
}

// LeaveOutPaths takes lines out of a copy's configuration that name files of the
// primary's host, where PostgreSQL works without such a file or has one of its own.
func (f Files) LeaveOutPaths() error {
	for _, name := range []string{pgconf.ConfFile, pgconf.AutoFile} {
		edit := func(conf string) (string, []string) {
			return pgconf.ConfWithoutMissingFiles(conf, f.Dir, f.Node.Volume.Dir)
		}
		left, err := pgdata.Rewrite(filepath.Join(f.Dir, name), edit)
		if err != nil {
			return err
		}
		for _, line := range left {
			f.Node.Log.Warn().Str("file", name).Str("line", line).Str("hint", "If this standby needs it, mount the file, and a "+pgconf.ConfFile+" of its own in "+f.Node.Config.ConfigDir+".").
				Msg("left out a line that names a file of the primary's host")
		}
	}
	return nil
}

// LeaveOutPlace takes lines out of a copy's configuration that say where the
// primary is reached on its own host.
func (f Files) LeaveOutPlace() error {
	for _, name := range []string{pgconf.ConfFile, pgconf.AutoFile} {
		left, err := pgdata.Rewrite(filepath.Join(f.Dir, name), pgconf.ConfWithoutPlace)
		if err != nil {
			return err
		}
		for _, line := range left {
			f.Node.Log.Warn().Str("file", name).Str("line", line).
				Str("hint", "This standby is reached at each address of its container, on port 5432. To have it elsewhere, mount a "+pgconf.ConfFile+" of its own in "+f.Node.Config.ConfigDir+" and type: "+applyCommand(f.Node.Service())).
				Msg("left out a line that says where the primary is reached")
		}
	}
	return nil
}

// TryCopy warns of what a copy asks for that is not in this container. The copy is
// installed all the same, so that the start that fails next need not copy again.
func (f Files) TryCopy(ctx context.Context) {
	if _, err := os.Stat(filepath.Join(f.Node.Config.ConfigDir, pgconf.ConfFile)); err == nil {
		return // it takes the place of the copied one, and is checked then
	}
	reasons, fix := f.missing(), mountIt
	_, err := pgctl.CheckConf(ctx, f.Dir, f.Args)
	if refused, is := errors.AsType[*pgctl.ConfError](err); is {
		for _, line := range refused.Lines {
			fix = replaceIt
			reasons = append(reasons, strings.ReplaceAll(line, f.Dir+"/", ""))
		}
	} else if tried, _ := f.tryStart(ctx, filepath.Join(f.Dir, pgconf.ConfFile)); len(reasons) == 0 {
		reasons = tried
	}
	if len(reasons) > 0 {
		err := incomplete(reasons, fix)
		f.Node.Log.Warn().Err(err).Str("hint", err.Fix).Msg("the copy asks for what is not in this container")
	}
}

// CheckCopied refuses a standby whose copied configuration asks for what is not in
// this container.
func (f Files) CheckCopied() error {
	if reasons := f.missing(); len(reasons) > 0 {
		return incomplete(reasons, mountIt)
	}
	return nil
}

// missing says what the configuration in Dir asks for that is not here.
func (f Files) missing() (reasons []string) {
	conf, _ := pgdata.ReadConf(filepath.Join(f.Dir, pgconf.ConfFile)) // postgres says why it cannot be read
	auto, _ := pgdata.ReadConf(filepath.Join(f.Dir, pgconf.AutoFile))
	c := pgconf.Conf{Dir: f.Dir, Final: f.Node.Volume.Dir, LibDir: pgctl.LibDir(), Text: string(conf), After: string(auto), Args: f.Args}
	for _, problem := range c.Check() {
		reasons = append(reasons, pgconf.ConfFile+" "+problem.Error())
	}
	c.Before, c.Text, c.After = c.Text, c.After, ""
	for _, problem := range c.Check() {
		reasons = append(reasons, pgconf.AutoFile+" "+problem.Error())
	}
	return reasons
}

// incomplete is the fault of a standby whose copied configuration asks for what
// is not in this container.
func incomplete(reasons []string, fix string) *pg.Fault {
	return &pg.Fault{Text: strings.Join(reasons, "; "), Exit: 78, Fix: fix + " Then " + pg.Slave.Up()}
}

const (
	mountIt   = "Mount it there, under volumes of the service: - ./FILE:/PATH:ro; or mount a postgresql.conf without that line."
	replaceIt = "Mount a postgresql.conf of your own with values that this image knows, under volumes of the service: - ./postgresql/:/tmp/postgresql/:ro; a locale can be made in an image built FROM this one, with localedef."
)
