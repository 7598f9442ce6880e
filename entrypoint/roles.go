package entrypoint

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgsql"
)

// A wantedRole is a role of the environment's and its password.
type wantedRole struct {
	pg.Role
	password config.Secret
}

// wantedRoles are the bootstrap superuser, the application's role and, where it
// has a password, the replication role.
func (n *Node) wantedRoles() []wantedRole {
	roles := []wantedRole{{pg.Role{Name: n.cfg.PostgresUser, Superuser: true, CreateDB: true, CreateRole: true, Login: true, Replication: true}, n.cfg.PostgresPassword}}
	if n.cfg.AppUser != "" {
		roles = append(roles, wantedRole{pg.Role{Name: n.cfg.AppUser, Superuser: true, CreateDB: true, CreateRole: true, Login: true}, n.cfg.AppPassword})
	}
	if n.cfg.ReplicationPassword.IsSet() {
		roles = append(roles, wantedRole{pg.Role{Name: n.cfg.ReplicationUser, Login: true, Replication: true}, n.cfg.ReplicationPassword})
	}
	return roles
}

// makeRoles gives a new cluster, in staging, its roles and its database.
func (n *Node) makeRoles(ctx context.Context) error {
	staging, err := n.staging()
	if err != nil {
		return err
	}
	var statements []string
	if n.cfg.PostgresDB != "postgres" {
		statements = append(statements, pgsql.DatabaseStatement(n.cfg.PostgresDB))
	}
	for _, role := range n.wantedRoles() {
		made, err := role.statements(true)
		if err != nil {
			return err
		}
		statements = append(statements, made...)
		n.record.SetRole(role.Name, n.roleHash(role))
	}
	return pgctl.Single(ctx, staging, statements, n.tell)
}

// updateRoles makes roles that are missing and changes those whose password in
// the environment changed since an earlier start. A role that somebody else
// made stays as it is.
func (n *Node) updateRoles(ctx context.Context) error {
	names, statements, err := n.roleChanges()
	if err != nil {
		return err
	}
	for _, name := range names {
		n.log.Info().Str("role", name).Msg("bringing the role up to date")
	}
	if len(statements) > 0 {
		if err := pgctl.Single(ctx, n.layout.Dir, statements, n.tell); err != nil {
			return err
		}
	}
	n.setRoles()
	return nil
}

// roleChanges are the roles to make or to change, and the statements for it.
func (n *Node) roleChanges() (names, statements []string, err error) {
	for _, role := range n.wantedRoles() {
		known := n.record.Roles[role.Name]
		if known == n.roleHash(role) || known == "" && role.Name == n.cfg.PostgresUser {
			continue
		}
		made, err := role.statements(known != "")
		if err != nil {
			return nil, nil, err
		}
		names, statements = append(names, role.Name), append(statements, made...)
		if known == "" && role.Name == n.cfg.ReplicationUser {
			rehash, err := role.rehash()
			if err != nil {
				return nil, nil, err
			}
			statements = append(statements, rehash)
		}
	}
	return names, statements, nil
}

func (n *Node) setRoles() {
	for _, role := range n.wantedRoles() {
		n.record.SetRole(role.Name, n.roleHash(role))
	}
}

func (w wantedRole) statements(mayAlter bool) ([]string, error) {
	if !w.password.IsSet() {
		return pgsql.RoleStatements(w.Role, "", mayAlter), nil
	}
	verifier, err := pgsql.Verifier(w.password.Reveal())
	return pgsql.RoleStatements(w.Role, verifier, mayAlter), err
}

// rehash is for an adopted primary: standbys log in by a line that asks for SCRAM.
func (w wantedRole) rehash() (string, error) {
	verifier, err := pgsql.Verifier(w.password.Reveal())
	return pgsql.RehashStatement(w.Name, w.password.Reveal(), verifier), err
}

// roleHash tells whether a password changed, and not the password. It is keyed,
// so that two volumes with the same password do not show it.
func (n *Node) roleHash(role wantedRole) string {
	mac := hmac.New(sha256.New, []byte(n.record.NodeID))
	mac.Write([]byte(role.Name + "\x00" + role.password.Reveal()))
	return hex.EncodeToString(mac.Sum(nil))
}
