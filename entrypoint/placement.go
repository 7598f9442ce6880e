package entrypoint

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
)

const (
	confFile  = "postgresql.conf"
	autoFile  = "postgresql.auto.conf"
	hbaFile   = "pg_hba.conf"
	identFile = "pg_ident.conf"
)

// A mounted is one file of CONFIG_DIR and what the data directory has of it.
type mounted struct {
	name    string
	path    string
	current string // in the data directory
	text    string
	found   bool // whether one is mounted
	err     error
}

// A verdict says what becomes of a mounted file.
type verdict string

const (
	absent   verdict = "absent"   // none is mounted
	same     verdict = "same"     // it is in place
	edited   verdict = "edited"   // it is in place, but for what somebody edited there
	withheld verdict = "withheld" // it has changed, and what is in place was edited: nobody's work is lost
	due      verdict = "due"      // it is to be placed
)

// read looks at a file of CONFIG_DIR and at what dir has of it.
func (n *Node) read(dir, name string) (mounted, error) {
	m := mounted{name: name, path: filepath.Join(n.cfg.ConfigDir, name)}
	current, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return m, err
	}
	text, err := os.ReadFile(m.path)
	m.current, m.text, m.found = string(current), string(text), !errors.Is(err, os.ErrNotExist)
	if m.found {
		m.err = err
	}
	return m, nil
}

// sum tells one text of the user's from another.
func (m mounted) sum() string { return pgdata.Hash(pgconf.Users(m.text)) }

// judge compares a mounted file with the one that was placed last, and that one
// with what is in its place now.
func (n *Node) judge(m mounted) verdict {
	placed, now := n.record.Files[m.name], pgdata.Hash(pgconf.Users(m.current))
	untouched := now == cmp.Or(n.record.Placed[m.name], placed)
	switch {
	case !m.found:
		return absent
	case m.err != nil:
		return due
	case m.sum() == now, m.sum() == placed && untouched:
		return same
	case placed == "", untouched, n.replace:
		return due
	case m.sum() == placed:
		return edited
	}
	return withheld
}

// placeConf gives a new cluster, in staging, its configuration.
func (n *Node) placeConf(ctx context.Context) error {
	staging, err := n.staging()
	if err != nil {
		return err
	}
	n.record.ForgetFiles() // of an attempt that was cut short
	placed, err := n.placeFiles(ctx, staging, true)
	if err != nil {
		return err
	}
	n.notePlacements(placed)
	n.logPlacements(placed)
	return n.record.Save("start") // what init scripts edit from here on is kept
}

// placeFiles installs the files of CONFIG_DIR that changed since they were last
// placed, and keeps our block first in each file that it has one in. A file
// that PostgreSQL would not take is left out, and the previous one stays.
func (n *Node) placeFiles(ctx context.Context, dir string, fresh bool) ([]placement, error) {
	conf, err := n.placePostgresConf(ctx, dir, fresh)
	if err != nil {
		return nil, err
	}
	hba, err := n.placeHBA(ctx, dir, fresh)
	if err != nil {
		return nil, err
	}
	return []placement{conf, hba}, n.placeIdent(dir)
}

func (n *Node) placePostgresConf(ctx context.Context, dir string, fresh bool) (placement, error) {
	m, err := n.read(dir, confFile)
	if err != nil {
		return placement{}, err
	}
	p := placement{mounted: m, verdict: n.judge(m)}
	block := n.managedConf()
	switch {
	case fresh && !m.found:
		return p, pgdata.WriteFile(filepath.Join(dir, confFile), pgconf.InstalledConf(block, m.current))
	case p.verdict != due:
		return p, nil
	case !fresh: // a new cluster's was checked before there was anything
		p.refused = n.checkConf(ctx, dir, m, block)
	}
	text := m.current
	if p.refused == nil {
		text = pgconf.InstalledConf(block, m.text)
	}
	return p, n.place(dir, &p, text)
}

// managedConf is our block of postgresql.conf for this volume.
func (n *Node) managedConf() string {
	return pgconf.ManagedConf(pgdata.VolumeSize(filepath.Dir(n.layout.State)))
}

// place puts text in the file's place. What it replaces for the user's sake is
// kept as old_<name>, later ones with the time.
func (n *Node) place(dir string, p *placement, text string) error {
	if p.verdict == due && p.refused == nil {
		if err := pgdata.KeepOld(dir, p.name, p.current, time.Now()); err != nil {
			return err
		}
		p.placed = true
	}
	if text == p.current {
		return nil
	}
	return pgdata.WriteFile(filepath.Join(dir, p.name), text)
}
