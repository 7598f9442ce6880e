package provision

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgsql"
)

// Roles are the roles and the database that the environment asks for.
type Roles struct{ Node *node.Node }

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
	r.record(map[string]string{}) // none of them was there
	return pgctl.Single(ctx, dir, statements, r.Node.LogOutput)
}

// Update makes roles that are missing and changes those whose password in
// the environment changed since an earlier start. A role that somebody else
// made stays as it is. Where it has something to do, the other roles get the
// password of the environment as well: nobody asks then which they have.
func (r Roles) Update(ctx context.Context) error {
	names, statements, err := r.changes(nil)
	if err != nil {
		return err
	}
	for _, name := range names {
		r.Node.Log.Info().Str("role", name).Msg("bringing the role up to date")
	}
	if len(statements) > 0 {
		others, err := r.repeat(names)
		if err != nil {
			return err
		}
		if err := pgctl.Single(ctx, r.Node.Volume.Dir, append(statements, others...), r.Node.LogOutput); err != nil {
			return err
		}
	}
	r.record(nil)
	return nil
}

// changes are the roles to make or to change, and the statements for it. stored is
// what the server stores for each role that exists; nil where it was not asked.
func (r Roles) changes(stored map[string]string) (names, statements []string, err error) {
	for _, role := range r.wanted() {
		known, kept := r.recorded(role)
		var made []string
		switch {
		case known != r.hash(role) && (known != "" || role.Name != node.Superuser(r.Node)):
			made, err = role.statements(known != "")
			if err == nil && known == "" && role.Name == r.Node.Config.ReplicationUser {
				var rehash string
				rehash, err = role.rehash()
				made = append(made, rehash)
			}
		case r.isOutdated(role, kept, stored):
			made, err = role.repeat()
		default:
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		names, statements = append(names, role.Name), append(statements, made...)
	}
	return names, statements, nil
}

// isOutdated says whether the server has another password for a role than an earlier
// start gave it, or has the role no more: a dump that is loaded overwrites the roles.
// The lines for standbys do not take a password that is stored as md5.
func (r Roles) isOutdated(role wantedRole, kept bool, stored map[string]string) bool {
	verifier, exists := stored[role.Name]
	switch {
	case stored == nil || exists && !role.password.IsSet():
		return false
	case !exists:
		return true
	case pgsql.IsPassword(verifier, role.Name, role.password.Reveal()):
		return role.Name == r.Node.Config.ReplicationUser && pgsql.IsMD5(verifier)
	}
	return !kept
}

// repeat are the statements that give the roles but those named the passwords that
// earlier starts gave them.
func (r Roles) repeat(but []string) (statements []string, err error) {
	for _, role := range r.wanted() {
		if _, kept := r.recorded(role); kept || slices.Contains(but, role.Name) {
			continue
		}
		made, err := role.repeat()
		if err != nil {
			return nil, err
		}
		statements = append(statements, made...)
	}
	return statements, nil
}

// Examine finds the roles that the server has another password for than the
// environment.
func (r Roles) Examine(ctx context.Context, conn *pgx.Conn) ([]doctor.OtherPassword, error) {
	stored, err := r.stored(ctx, conn)
	if err != nil {
		return nil, err
	}
	var others []doctor.OtherPassword
	for _, role := range r.wanted() {
		verifier, exists := stored[role.Name]
		if exists && (!role.password.IsSet() || pgsql.IsPassword(verifier, role.Name, role.password.Reveal())) {
			continue
		}
		_, kept := r.recorded(role)
		others = append(others, doctor.OtherPassword{Role: role.Name, Absent: !exists, Kept: kept && exists})
	}
	return others, nil
}

// stored asks the server what it stores for the roles that exist.
func (r Roles) stored(ctx context.Context, conn *pgx.Conn) (map[string]string, error) {
	var names []string
	for _, role := range r.wanted() {
		names = append(names, role.Name)
	}
	return pgsql.StoredPasswords(ctx, conn, names)
}

// keptMark stands in the record before the hash for a role that may have been there
// before this program was, with a password of its own.
const keptMark = "kept "

// recorded is the recorded hash of a role's password, "" where there is none, and
// whether the role is kept as somebody else may have made it.
func (r Roles) recorded(role wantedRole) (hash string, kept bool) {
	hash, kept = strings.CutPrefix(r.Node.Record.Roles[role.Name], keptMark)
	return hash, kept || hash == ""
}

// record records which password each role has. stored is what the server stored
// before; nil where it was not asked.
func (r Roles) record(stored map[string]string) {
	for _, role := range r.wanted() {
		known, kept := r.recorded(role)
		verifier, existed := stored[role.Name]
		hash := r.hash(role)
		isOurs := stored != nil && (!existed || pgsql.IsPassword(verifier, role.Name, role.password.Reveal()))
		if kept && (known == "" || known == hash) && !isOurs {
			hash = keptMark + hash
		}
		r.Node.Record.SetRole(role.Name, hash)
	}
}

// hash is another one when the password has changed, and does not reveal it. It is
// keyed, so that two volumes with the same password have different ones.
func (r Roles) hash(role wantedRole) string {
	mac := hmac.New(sha256.New, []byte(r.Node.Record.NodeID))
	mac.Write([]byte(role.Name + "\x00" + role.password.Reveal()))
	return hex.EncodeToString(mac.Sum(nil))
}
