package provision

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// Files are the configuration files of a data directory.
type Files struct {
	Node    *node.Node
	Dir     string   // the data directory, or new data in staging
	Args    []string // of postgres
	Fresh   bool     // the cluster is new, and its files are those of initdb
	Running bool     // a server runs, and is asked what it objects to
	Replace bool     // a mounted file also takes the place of what was edited in Dir
}

// A mountedFile is one file of CONFIG_DIR, and the file of its name in Dir.
type mountedFile struct {
	name    string
	path    string // in CONFIG_DIR
	current string // the text of the one in Dir
	block   string // ours that was put before it
	text    string // of the mounted one
	found   bool   // whether one is mounted
	err     error  // why the mounted one cannot be read
}

// read reads a file of CONFIG_DIR, and the file of its name in Dir.
func (f Files) read(name string) (mountedFile, error) {
	m := mountedFile{name: name, path: filepath.Join(f.Node.Config.ConfigDir, name)}
	current, err := pgdata.ReadConf(filepath.Join(f.Dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return m, err
	}
	m.current = string(current)
	m.readMounted()
	return m, nil
}

func (m *mountedFile) readMounted() {
	text, err := pgdata.ReadConf(m.path)
	m.text, m.found = string(text), !errors.Is(err, os.ErrNotExist)
	if m.found {
		m.err = err
	}
}

// sum is the hash of the user's part of the mounted file.
func (m mountedFile) sum() string { return pgdata.Hash(pgconf.WithoutBlocks(m.text)) }

// verdict compares a mounted file with the one that was placed last, and that
// one with what is in its place now. A file that is not mounted is not hashed.
func (f Files) verdict(m mountedFile) plan.Verdict {
	file := plan.File{Unreadable: m.err != nil, Replace: f.Replace}
	if m.found && m.err == nil {
		record := f.Node.Record
		file.Mounted, file.Current = m.sum(), pgdata.Hash(pgconf.WithoutBlocks(m.current))
		file.Placed, file.Made = record.Files[m.name], record.Placed[m.name]
	}
	return plan.ForFile(file)
}

// Install places the files of CONFIG_DIR that have changed, and records and logs
// what became of each.
func (f Files) Install(ctx context.Context) error {
	placed, err := f.place(ctx)
	if err != nil {
		return err
	}
	f.record(placed)
	f.log(placed)
	return nil
}

// place installs the files of CONFIG_DIR that changed since they were last
// placed, and keeps our block first in each file that it has one in. A file
// that PostgreSQL would not take is left out, and the previous one stays.
func (f Files) place(ctx context.Context) ([]placement, error) {
	conf, err := f.placeConf(ctx)
	if err != nil {
		return nil, err
	}
	hba, err := f.placeHBA(ctx)
	if err != nil {
		return nil, err
	}
	return []placement{conf, hba}, f.placeIdent()
}

func (f Files) placeConf(ctx context.Context) (placement, error) {
	m, err := f.read(pgconf.ConfFile)
	if err != nil {
		return placement{}, err
	}
	p := placement{mountedFile: m, verdict: f.verdict(m)}
	switch {
	case f.Fresh && !m.found:
		return p, pgdata.WriteFile(filepath.Join(f.Dir, m.name), initdbsConf(f, m.current))
	case p.verdict != plan.Due:
		err := f.inherit(ctx, &p)
		return p, err
	}
	p.block = managedConf(f.Node, f.Dir, m.current)
	if f.Fresh { // its text was checked before there was anything
		err = f.tryCandidate(ctx, m, p.block)
	} else {
		p.block, p.rejection = f.checkBlock(ctx, m, p.block)
	}
	if err != nil {
		return p, err
	}
	text := m.current
	if p.rejection == nil {
		text = pgconf.InstalledConf(p.block, m.text)
	}
	return p, f.write(&p, text)
}

// write puts text in the file's place. What a mounted file replaces is kept as
// old_<name>, later ones with the time.
func (f Files) write(p *placement, text string) error {
	if p.verdict == plan.Due && p.rejection == nil {
		kept, err := pgdata.KeepOld(f.Dir, p.name, p.current, time.Now())
		if err != nil {
			return err
		}
		p.placed, p.kept = true, kept
	}
	if text == p.current {
		return nil
	}
	return pgdata.WriteFile(filepath.Join(f.Dir, p.name), text)
}
