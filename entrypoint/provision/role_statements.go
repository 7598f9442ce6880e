package provision

import (
	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
)

// A wantedRole is a role that the environment asks for, and its password.
type wantedRole struct {
	pg.Role
	password config.Secret
}

// statements make the role; where it is there already they change it if mayAlter.
func (w wantedRole) statements(mayAlter bool) ([]string, error) {
	if !w.password.IsSet() {
		return pgsql.RoleStatements(w.Role, "", mayAlter), nil
	}
	verifier, err := pgsql.Verifier(w.password.Reveal())
	return pgsql.RoleStatements(w.Role, verifier, mayAlter), err
}

// repeat are the statements that make the role where it is gone, and give it its
// password otherwise; its attributes stay as they are.
func (w wantedRole) repeat() ([]string, error) {
	if !w.password.IsSet() {
		return w.statements(false)
	}
	verifier, err := pgsql.Verifier(w.password.Reveal())
	return append(pgsql.RoleStatements(w.Role, verifier, false), pgsql.PasswordStatement(w.Name, verifier)), err
}

// rehash stores the password as SCRAM where an adopted primary stores it as md5:
// standbys log in by a line of pg_hba.conf that asks for SCRAM.
func (w wantedRole) rehash() (string, error) {
	verifier, err := pgsql.Verifier(w.password.Reveal())
	return pgsql.RehashStatement(w.Name, w.password.Reveal(), verifier), err
}
