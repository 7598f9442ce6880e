package provision

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgsql"
)

// Roles are the roles and the database that the environment asks for.
type Roles struct{ Node *node.Node }

// A wantedRole is a role that the environment asks for, and its password.
type wantedRole struct {
	pg.Role
	password config.Secret
}

// wanted are the bootstrap superuser, the application's role and, where it
// has a password, the replication role.
func (r Roles) wanted() []wantedRole {
	cfg := r.Node.Config
	roles := []wantedRole{{pg.Role{Name: node.Superuser(r.Node), Superuser: true, CreateDB: true, CreateRole: true, Login: true, Replication: true}, cfg.PostgresPassword}}
	if cfg.AppUser != "" {
		roles = append(roles, wantedRole{pg.Role{Name: cfg.AppUser, Superuser: true, CreateDB: true, CreateRole: true, Login: true}, cfg.AppPassword})
	}
	if cfg.ReplicationPassword.IsSet() {
		roles = append(roles, wantedRole{pg.Role{Name: cfg.ReplicationUser, Login: true, Replication: true}, cfg.ReplicationPassword})
	}
	return roles
}

// Make gives the new cluster in dir its roles and its database.
func (r Roles) Make(ctx context.Context, dir string) error {
	var statements []string
	if database := r.Node.Config.PostgresDB; database != "postgres" {
		statements = append(statements, pgsql.DatabaseStatement(database))
	}
	for _, role := range r.wanted() {
		made, err := role.statements(true)
		if err != nil {
			return err
		}
		statements = append(statements, made...)
	}
	r.record()
	return pgctl.Single(ctx, dir, statements, r.Node.LogOutput)
}

// Update makes roles that are missing and changes those whose password in
// the environment changed since an earlier start. A role that somebody else
// made stays as it is.
func (r Roles) Update(ctx context.Context) error {
	names, statements, err := r.changes()
	if err != nil {
		return err
	}
	for _, name := range names {
		r.Node.Log.Info().Str("role", name).Msg("bringing the role up to date")
	}
	if len(statements) > 0 {
		if err := pgctl.Single(ctx, r.Node.Volume.Dir, statements, r.Node.LogOutput); err != nil {
			return err
		}
	}
	r.record()
	return nil
}

// changes are the roles to make or to change, and the statements for it.
func (r Roles) changes() (names, statements []string, err error) {
	for _, role := range r.wanted() {
		known := r.Node.Record.Roles[role.Name]
		if known == r.hash(role) || known == "" && role.Name == node.Superuser(r.Node) {
			continue
		}
		made, err := role.statements(known != "")
		if err != nil {
			return nil, nil, err
		}
		names, statements = append(names, role.Name), append(statements, made...)
		if known == "" && role.Name == r.Node.Config.ReplicationUser {
			rehash, err := role.rehash()
			if err != nil {
				return nil, nil, err
			}
			statements = append(statements, rehash)
		}
	}
	return names, statements, nil
}

// record records which password each role has.
func (r Roles) record() {
	for _, role := range r.wanted() {
		r.Node.Record.SetRole(role.Name, r.hash(role))
	}
}

// statements make the role; where it is there already they change it if mayAlter.
func (w wantedRole) statements(mayAlter bool) ([]string, error) {
	if !w.password.IsSet() {
		return pgsql.RoleStatements(w.Role, "", mayAlter), nil
	}
	verifier, err := pgsql.Verifier(w.password.Reveal())
	return pgsql.RoleStatements(w.Role, verifier, mayAlter), err
}

// rehash stores the password as SCRAM where an adopted primary stores it as md5:
// standbys log in by a line of pg_hba.conf that asks for SCRAM.
func (w wantedRole) rehash() (string, error) {
	verifier, err := pgsql.Verifier(w.password.Reveal())
	return pgsql.RehashStatement(w.Name, w.password.Reveal(), verifier), err
}

// hash is another one when the password has changed, and does not reveal it. It is
// keyed, so that two volumes with the same password have different ones.
func (r Roles) hash(role wantedRole) string {
	mac := hmac.New(sha256.New, []byte(r.Node.Record.NodeID))
	mac.Write([]byte(role.Name + "\x00" + role.password.Reveal()))
	return hex.EncodeToString(mac.Sum(nil))
}
