package entrypoint

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
)

func (n *Node) placeHBA(ctx context.Context, dir string, fresh bool) (placement, error) {
	m, err := n.read(dir, hbaFile)
	if err != nil {
		return placement{}, err
	}
	p := placement{mounted: m, verdict: n.judge(m)}
	users := pgconf.Users(m.current)
	switch {
	case p.verdict == due:
		if !fresh {
			p.refused = n.checkHBA(dir, m)
		}
		if p.refused == nil {
			users = pgconf.Users(m.text)
			p.placeholders, p.unknownHosts = pgconf.HBAPlaceholders(m.text), unknownHosts(ctx, m.text)
		}
	case fresh:
		users += pgconf.HostHBA(cmp.Or(n.cfg.HostAuthMethod, pgconf.LoginMethod(dir, n.args)))
	case n.cfg.Mode == pg.Standby && n.cfg.ReplicationAllow == nil && pgconf.HasBlock(m.current):
		return p, nil // what came with the copy serves here too
	}
	return p, n.place(dir, &p, pgconf.InstalledHBA(n.hbaBlock(users), users))
}

// hbaBlock is our part of pg_hba.conf before the users' part.
func (n *Node) hbaBlock(users string) string {
	replicator, allow := n.cfg.ReplicationUser, n.cfg.ReplicationAllow
	if !n.cfg.ReplicationPassword.IsSet() {
		replicator = ""
	}
	if allow == nil && !pgconf.HasReplicationLine(users) {
		allow = []string{"samenet"}
	}
	return pgconf.ManagedHBA(n.cfg.PostgresUser, host.OwnName() != "", replicator, allow)
}

func (n *Node) placeIdent(dir string) error {
	path := filepath.Join(dir, identFile)
	current, err := os.ReadFile(path)
	own := host.OwnName()
	if err != nil || own == "" || n.cfg.Mode == pg.Standby && pgconf.HasBlock(string(current)) && pgconf.MappedAnyway(own) {
		return err
	}
	text := pgconf.InstalledIdent(pgconf.ManagedIdent(n.cfg.PostgresUser, own), string(current))
	if text == string(current) {
		return nil
	}
	return pgdata.WriteFile(path, text)
}
