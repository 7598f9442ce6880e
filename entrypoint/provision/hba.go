package provision

import (
	"cmp"
	"context"
	"path/filepath"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

func (f Files) placeHBA(ctx context.Context) (placement, error) {
	m, err := f.read(pgconf.HBAFile)
	if err != nil {
		return placement{}, err
	}
	p := placement{mountedFile: m, verdict: f.verdict(m)}
	users := pgconf.WithoutBlocks(m.current)
	switch {
	case p.verdict == plan.Due:
		if !f.Fresh {
			p.rejection = f.checkHBA(m)
		}
		if p.rejection == nil {
			users = pgconf.WithoutBlocks(m.text)
			p.placeholders, p.unknownHosts = pgconf.HBAPlaceholders(m.text), unknownHosts(ctx, m.text)
		}
	case f.Fresh:
		users += pgconf.HostHBA(cmp.Or(f.Node.Config.HostAuthMethod, pgconf.LoginMethod(f.Dir, f.Args)))
	case f.Node.Mode == pg.Standby && f.Node.Config.ReplicationAllow == nil && pgconf.HasBlock(m.current):
		return p, nil // what came with the copy serves here too
	}
	return p, f.write(&p, pgconf.InstalledHBA(hbaBlock(f.Node, users), users))
}

// hbaBlock is our part of pg_hba.conf before the users' part.
func hbaBlock(n *node.Node, users string) string {
	replicator, allow := n.Config.ReplicationUser, n.Config.ReplicationAllow
	if !n.Config.ReplicationPassword.IsSet() {
		replicator = ""
	}
	if allow == nil && !pgconf.HasReplicationLine(users) {
		allow = []string{"samenet"}
	}
	return pgconf.ManagedHBA(node.Superuser(n), host.OwnName() != "", replicator, allow)
}

func (f Files) placeIdent() error {
	path := filepath.Join(f.Dir, pgconf.IdentFile)
	current, err := pgdata.ReadConf(path)
	own := host.OwnName()
	if err != nil || own == "" || f.Node.Mode == pg.Standby && pgconf.HasBlock(string(current)) && pgconf.MappedAnyway(own) {
		return err
	}
	text := pgconf.InstalledIdent(pgconf.ManagedIdent(node.Superuser(f.Node), own), string(current))
	if text == string(current) {
		return nil
	}
	return pgdata.WriteFile(path, text)
}
