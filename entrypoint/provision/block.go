package provision

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// managedConf is our block of postgresql.conf for the data in dir, whose
// postgresql.conf has the text current.
func managedConf(n *node.Node, dir, current string) string {
	old, _ := pgdata.ReadConf(filepath.Join(dir, "old_"+pgconf.ConfFile))
	return blockFor(n, dir, pgconf.Inherited(current, string(old)))
}

// blockFor is our block with these lines of what initdb chose.
func blockFor(n *node.Node, dir string, inherited []string) string {
	volume := pgdata.VolumeSize(filepath.Dir(n.Volume.State))
	wal := cmp.Or(pgdata.VolumeSize(filepath.Join(dir, "pg_wal")), volume) // POSTGRES_INITDB_WALDIR may be another
	return pgconf.ManagedConf(volume, append(pgconf.WALSizes(wal, pgdata.SegmentSize(dir)), inherited...)...)
}

// initdbsConf is initdb's own postgresql.conf behind our block. Where the block has
// sizes for WAL, initdb's do not count.
func initdbsConf(f Files, text string) string {
	block := managedConf(f.Node, f.Dir, "")
	if _, sized := pgconf.Setting(block, "max_wal_size"); sized {
		text = pgconf.WithoutWALSizes(text)
	}
	return pgconf.InstalledConf(block, text)
}

// checkBlock checks a candidate behind our block. Where postgres does not take it
// so, what initdb chose is left out: it may name a locale that this image lacks.
func (f Files) checkBlock(ctx context.Context, m mountedFile, block string) (string, *rejection) {
	rejected := f.checkConf(ctx, m, block)
	if rejected == nil || !pgconf.HasInherited(block) {
		return block, rejected
	}
	plain := blockFor(f.Node, f.Dir, []string{pgconf.InheritedNote})
	if f.checkConf(ctx, m, plain) != nil {
		return block, rejected
	}
	return plain, nil
}

// inherit gives back what initdb chose to a file in place whose block lacks it:
// an earlier version lost it with the file that a mounted one replaced.
func (f Files) inherit(ctx context.Context, p *placement) error {
	if p.verdict != plan.InPlace || !pgconf.HasBlock(p.current) || pgconf.HasInherited(p.current) {
		return nil
	}
	if _, err := os.Stat(filepath.Join(f.Dir, "old_"+pgconf.ConfFile)); err != nil {
		return nil
	}
	block := managedConf(f.Node, f.Dir, p.current)
	if !pgconf.HasInherited(block) {
		return nil
	}
	block, rejected := f.checkBlock(ctx, p.mountedFile, block)
	if rejected != nil {
		return nil
	}
	f.Node.Log.Info().Str("file", f.Dir+"/"+p.name).Msg("gave back to postgresql.conf what initdb chose for this machine and locale; each line of the mounted file wins")
	return f.write(p, pgconf.InstalledConf(block, p.current))
}
