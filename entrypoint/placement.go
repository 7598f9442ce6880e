package entrypoint

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// placeConf gives a new cluster, in staging, its configuration.
func (n *Node) placeConf(ctx context.Context) error {
	staging, err := n.staging()
	if err != nil {
		return err
	}
	return n.placeFiles(ctx, staging, true)
}

// placeFiles installs the files of CONFIG_DIR that changed since they were last
// placed, and keeps our block first in each file that it has one in.
func (n *Node) placeFiles(ctx context.Context, dir string, fresh bool) error {
	return errors.Join(n.placePostgresConf(ctx, dir, fresh), n.placeHBA(dir, fresh), n.placeIdent(dir))
}

func (n *Node) placePostgresConf(ctx context.Context, dir string, fresh bool) error {
	const name = "postgresql.conf"
	if _, err := os.Stat(filepath.Join(n.cfg.ConfigDir, name)); !fresh && errors.Is(err, os.ErrNotExist) {
		return nil
	}
	current, mounted, changed, err := n.read(dir, name)
	if err != nil {
		return err
	}
	block := n.managedConf()
	switch {
	case fresh && mounted == "":
		return pgdata.WriteFile(filepath.Join(dir, name), pgdata.InstalledConf(block, current))
	case !changed:
		return nil
	}
	if err := n.checkConf(ctx, dir, pgdata.InstalledConf(block, mounted)); err != nil {
		if fresh {
			return err
		}
		n.log.Error().Err(err).Str("hint", Hint(err)).Msg("kept the previous postgresql.conf")
		return nil
	}
	return n.place(dir, name, current, pgdata.InstalledConf(block, mounted), mounted)
}

// managedConf is our block of postgresql.conf for this volume.
func (n *Node) managedConf() string {
	return pgdata.ManagedConf(pgdata.VolumeSize(filepath.Dir(n.layout.State)))
}

// checkConf lets postgres read a candidate before it is placed.
func (n *Node) checkConf(ctx context.Context, dir, text string) error {
	candidate := filepath.Join(dir, "postgresql.conf.candidate")
	if err := pgdata.WriteFile(candidate, text); err != nil {
		return err
	}
	err := pgctl.CheckConf(ctx, dir, []string{"-c", "config_file=" + candidate})
	if err != nil && ctx.Err() == nil {
		err = &badConf{file: filepath.Join(n.cfg.ConfigDir, "postgresql.conf"), err: err}
	}
	return errors.Join(err, os.Remove(candidate))
}

// badConf is a mounted file that postgres does not accept.
type badConf struct {
	file string
	err  error
}

func (b *badConf) Error() string   { return b.file + ": " + b.err.Error() }
func (b *badConf) Unwrap() error   { return b.err }
func (b *badConf) ExitStatus() int { return 78 }
func (b *badConf) Hint() string {
	return "Correct the line in the mounted file; it is the same line there, behind our block. Then docker compose up -d."
}

func (n *Node) placeHBA(dir string, fresh bool) error {
	const name = "pg_hba.conf"
	current, mounted, changed, err := n.read(dir, name)
	if err != nil {
		return err
	}
	users := current
	switch {
	case changed:
		users = mounted
		for _, place := range pgdata.HBAPlaceholders(mounted) {
			n.log.Warn().Str("file", filepath.Join(n.cfg.ConfigDir, name)).Str("line", place).
				Str("hint", "Replace it by an address, or remove the line: REPLICATION_ALLOW makes the one that a standby needs.").
				Msg("a placeholder was never replaced")
		}
	case fresh:
		users = current + pgdata.HostHBA(n.cfg.HostAuthMethod)
	case n.cfg.Mode == pg.Standby && n.cfg.ReplicationAllow == nil && pgdata.HasBlock(current):
		return nil // what came with the copy serves here too
	}
	users = pgdata.InstalledHBA("", users)
	text := pgdata.InstalledHBA(n.hbaBlock(users), users)
	return n.place(dir, name, current, text, mounted)
}

// hbaBlock is our part of pg_hba.conf before the users' part.
func (n *Node) hbaBlock(users string) string {
	replicator, allow := n.cfg.ReplicationUser, n.cfg.ReplicationAllow
	if !n.cfg.ReplicationPassword.IsSet() {
		replicator = ""
	}
	if allow == nil && !pgdata.HasReplicationLine(users) {
		allow = []string{"samenet"}
	}
	return pgdata.ManagedHBA(n.cfg.PostgresUser, hasName(), replicator, allow)
}

// hasName says whether the user that we run as is known by a name, which peer
// authentication needs.
func hasName() bool {
	_, found := findAccount(func(_, uid string) bool { return uid == strconv.Itoa(os.Getuid()) })
	return found
}

func (n *Node) placeIdent(dir string) error {
	path := filepath.Join(dir, "pg_ident.conf")
	current, err := os.ReadFile(path)
	if err != nil || !hasName() || n.cfg.Mode == pg.Standby && pgdata.HasBlock(string(current)) {
		return err
	}
	text := pgdata.InstalledIdent(pgdata.ManagedIdent(n.cfg.PostgresUser), string(current))
	if text == string(current) {
		return nil
	}
	return pgdata.WriteFile(path, text)
}

// read returns the file as it is in dir and as it is mounted, and whether the
// mounted one differs from the one that was last placed.
func (n *Node) read(dir, name string) (current, mounted string, changed bool, err error) {
	old, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return "", "", false, err
	}
	users, err := os.ReadFile(filepath.Join(n.cfg.ConfigDir, name))
	if errors.Is(err, os.ErrNotExist) {
		return string(old), "", false, nil
	}
	return string(old), string(users), pgdata.Hash(string(users)) != n.state.Files[name], err
}

// place puts text in the file's place. What it replaces for the user's sake is
// kept as old_<name>, later ones with the time.
func (n *Node) place(dir, name, current, text, mounted string) error {
	if text == current && (mounted == "" || pgdata.Hash(mounted) == n.state.Files[name]) {
		return nil
	}
	if mounted != "" && pgdata.Hash(mounted) != n.state.Files[name] {
		if err := pgdata.KeepOld(dir, name, current, time.Now()); err != nil {
			return err
		}
		n.log.Info().Str("file", filepath.Join(n.cfg.ConfigDir, name)).Msg("placed the mounted file")
		n.setFile(name, pgdata.Hash(mounted))
	}
	return pgdata.WriteFile(filepath.Join(dir, name), text)
}

func (n *Node) setFile(name, hash string) {
	if n.state.Files == nil {
		n.state.Files = map[string]string{}
	}
	n.state.Files[name] = hash
	n.dirty = true
}
