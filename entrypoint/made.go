package entrypoint

import (
	"strings"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
)

// logMade logs a new cluster in the official image's words. Some tools wait until
// the log has said twice that the server is ready, because that image first starts
// a server for its init scripts. Where this start ran no such server, this line
// says it in the field next.
func (s *start) logMade() {
	roles, passwords := madeRoles(s.Node, s.environ)
	s.Log.Info().Str("roles", strings.Join(roles, ", ")).Str("passwords", strings.Join(passwords, ", ")).Msg("made the cluster and its roles")
	event := s.Log.Info()
	if !s.have.Scripts {
		event = event.Str("next", "database system is ready to accept connections")
	}
	event.Msg("PostgreSQL init process complete; ready for start up.")
}

// madeRoles are the roles of a new cluster, and where their passwords are: a file, or
// a variable. A name that came from a file may be a secret that was put there by
// mistake, so that the variable stands for it.
func madeRoles(n *node.Node, environ []string) (roles, passwords []string) {
	cfg, superuser := n.Config, node.Superuser(n)
	if valueOf(environ, "POSTGRES_USER_FILE", "") != "" {
		superuser = "POSTGRES_USER_FILE"
	}
	for _, role := range []struct {
		name, variable string
		password       config.Secret
		made           bool
	}{
		{superuser, "POSTGRES_PASSWORD", cfg.PostgresPassword, true},
		{cfg.AppUser, "APP_PASSWORD", cfg.AppPassword, cfg.AppUser != ""},
		{cfg.ReplicationUser, "REPLICATION_PASSWORD", cfg.ReplicationPassword, cfg.ReplicationPassword.IsSet()},
	} {
		if !role.made {
			continue
		}
		roles = append(roles, role.name)
		if role.password.IsSet() && (role.variable != "APP_PASSWORD" || role.password.Reveal() != cfg.PostgresPassword.Reveal()) {
			passwords = append(passwords, valueOf(environ, role.variable+"_FILE", role.variable))
		}
	}
	return roles, passwords
}
