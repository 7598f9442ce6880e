package config

import (
	"fmt"
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// warnings are about a configuration that works, but not as one may think.
func (c *Config) warnings() []Warning {
	var out []Warning
	replication := c.ReplicationPassword
	if replication.IsSet() && (replication.Reveal() == c.PostgresPassword.Reveal() || replication.Reveal() == c.AppPassword.Reveal()) {
		out = append(out, warn("password-shared", "REPLICATION_PASSWORD", "is a superuser's password as well", "Give the replication role a password of its own."))
	}
	for _, secret := range []struct {
		variable string
		Secret
	}{{"POSTGRES_PASSWORD", c.PostgresPassword}, {"REPLICATION_PASSWORD", replication}} {
		if slices.Contains(pg.PublishedPasswords, secret.Reveal()) {
			out = append(out, warn("password-known", secret.variable, "is a password that was published", "Choose another; pgreplica settings --random prints random ones."))
		}
	}
	for _, from := range c.ReplicationAllow {
		if from != "all" && from != "none" && from != "samenet" && !strings.ContainsAny(from, ".:/") {
			out = append(out, warn("env-value", "REPLICATION_ALLOW", fmt.Sprintf("names %q, which no address of a Docker network has: there they are called CONTAINER.NETWORK", from),
				"Write samenet, the network's name after a dot (.pgreplica_default), or an address."))
		}
	}
	if c.Mode != pg.Primary {
		return out
	}
	if !replication.IsSet() {
		out = append(out, warn("no-replication", "REPLICATION_PASSWORD", "is not set: no replication role is made, and no standby can follow without one", "Set it here and, the same, on each standby."))
	}
	if pg.VerifierMethod(c.PostgresPassword.Reveal()) == "md5" && c.HostAuthMethod != "md5" && c.HostAuthMethod != "trust" {
		out = append(out, warn("env-value", "POSTGRES_PASSWORD", "is an md5 verifier, which no line of pg_hba.conf with scram-sha-256 lets in",
			"Set POSTGRES_HOST_AUTH_METHOD=md5 for a new cluster, or write md5 into your pg_hba.conf; md5 takes both kinds."))
	}
	if c.HostAuthMethod == "trust" { // in the official image's words
		out = append(out, warn("trust", "POSTGRES_HOST_AUTH_METHOD",
			`has been set to "trust". This will allow anyone with access to the Postgres port to access your database without a password, even if POSTGRES_PASSWORD is set`,
			"Unset it and set POSTGRES_PASSWORD. See https://www.postgresql.org/docs/current/auth-trust.html"))
	}
	return out
}

// ownPrefixes are how the names of settings begin. A variable that begins so and
// is not known is probably misspelled.
var ownPrefixes = []string{"MASTER_", "REPLICATION_", "POSTGRES_", "PGREPLICA_", "CLONE_", "HEALTHCHECK_", bitnami, "REPMGR_"}

// unknown warns of variables that look like settings and that nobody reads.
func (e environment) unknown(settings []Setting) []Warning {
	known := []string{"PGREPLICA_TAG", "POSTGRES_PORT", "PG_VOLUME", "PG_DATA"} // the compose files' own
	for _, s := range settings {
		for _, name := range s.names() {
			known = append(known, name)
			if s.File {
				known = append(known, name+"_FILE")
			}
		}
	}
	var out []Warning
	for name, value := range e {
		hasOwnPrefix := slices.ContainsFunc(ownPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if near := misspelled(name, known); near != "" && !hasOwnPrefix && value != "" {
			out = append(out, warn("env-unknown", name, "is not read by anybody", "Did you mean "+near+"?"))
		}
		if !hasOwnPrefix || value == "" || isLink(name, value) || name == bitnami+"USERNAME" && value == "postgres" {
			continue
		}
		if !slices.Contains(known, name) || e.isOfAnotherRole(withoutFile(name)) {
			out = append(out, warn("env-unknown", name, "is not read by anybody", remedyFor(name, known)))
		}
	}
	slices.SortFunc(out, func(a, b Warning) int { return strings.Compare(a.Variable, b.Variable) })
	return out
}

// misspelled is the known name that one without an own prefix, which may be another
// program's, can only be meant for: a letter or two apart, or in small letters.
func misspelled(name string, known []string) string {
	if len(name) < 4 || slices.Contains(known, name) {
		return ""
	}
	for _, other := range known {
		if distance(strings.ToUpper(name), other) <= min(len(name)/5, 2) {
			return other
		}
	}
	return ""
}

// isLink says whether a variable is one that Kubernetes or a link of Docker's makes
// for a service called master or postgres.
func isLink(name, value string) bool {
	return strings.Contains(name, "_SERVICE_") || strings.Contains(name, "_PORT_") || strings.HasPrefix(value, "tcp://")
}
