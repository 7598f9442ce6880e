package config

import (
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// bitnami begins the names of the variables of Bitnami's image. Those that mean
// the same as a setting are read as that setting, with a warning that names it. A
// warning about each of the others says what to do instead.
const bitnami = "POSTGRESQL_"

// names are all names of a setting, its own first.
func (s Setting) names() []string { return append([]string{s.Name}, s.Aliases...) }

// An environment is the variables that a process was given: values by name.
type environment map[string]string

// newEnvironment reads entries such as NAME=VALUE. Where a name comes twice the
// first one counts, as in os.Getenv.
func newEnvironment(entries []string) environment {
	all := make(environment, len(entries))
	for _, entry := range entries {
		name, value, _ := strings.Cut(entry, "=")
		if _, twice := all[name]; !twice {
			all[name] = value
		}
	}
	return all
}

// valueUnder is the value of a setting under one of its names, from the variable
// or from the file that its X_FILE names.
func (e environment) valueUnder(s Setting, name string, found *mistakes) string {
	value, file := e[name], e[name+"_FILE"]
	switch {
	case !s.File || file == "":
	case value != "":
		found.put(Mistake{ID: "env-both-file", Variable: s.Name, What: "both " + name + " and " + name + "_FILE are set (but are exclusive)", Remedy: "Unset one of them."})
	default:
		value = readFile(name+"_FILE", file, found)
	}
	if !s.Secret {
		value = strings.TrimSpace(value)
	}
	return value
}

// valueOf is the value of a setting under any of its names. Where two of them have
// different values, that is a mistake.
func (e environment) valueOf(s Setting, found *mistakes) string {
	value, said := "", ""
	for _, name := range s.names() {
		if e.isOfAnotherRole(name) {
			continue
		}
		switch other := e.valueUnder(s, name, found); {
		case other == "" || sameMode(s.Name, value, other):
		case value == "":
			value, said = other, name
		case value != other && s.Name == "REPLICATION_MODE":
			found.add(name, "is "+other+", and REPLICATION_MODE, which the image sets, is "+value, "Use the image "+imageOf(other)+", and unset "+name+".")
		case value != other:
			found.add(s.Name, "is not the same as "+otherOf(s.Name, said, name)+", its other name", "Set one of them.")
		}
	}
	return value
}

// otherOf is the one of two names that is not name.
func otherOf(name, first, second string) string {
	if first == name {
		return second
	}
	return first
}

// sameMode is true of two words for one mode, such as master and primary.
func sameMode(variable, value, other string) bool {
	var a, b pg.Mode
	return variable == "REPLICATION_MODE" && a.UnmarshalText([]byte(value)) == nil && b.UnmarshalText([]byte(other)) == nil && a == b
}

func imageOf(mode string) string {
	if mode == "slave" || mode == string(pg.Standby) {
		return "pgreplica-slave"
	}
	return "pgreplica-master"
}

// isOfAnotherRole is true of Bitnami's POSTGRESQL_PASSWORD where it is not the
// superuser's.
func (e environment) isOfAnotherRole(name string) bool {
	role := e[bitnami+"USERNAME"]
	return name == bitnami+"PASSWORD" && role != "" && role != "postgres"
}

// renamed warns of each name of Bitnami's that is read, and names the setting.
func (e environment) renamed(settings []Setting) []Warning {
	var out []Warning
	for _, s := range settings {
		for _, name := range s.Aliases {
			for _, end := range []string{"", "_FILE"} {
				if e[name+end] != "" && strings.HasPrefix(name, bitnami) && (end == "" || s.File) && !e.isOfAnotherRole(name) {
					out = append(out, warn("env-name", name+end, "is read as "+s.Name+end, "Write "+s.Name+end+"."))
				}
			}
		}
	}
	return out
}

// instead says what to do in place of a variable of Bitnami's that has no
// counterpart here. A name that ends with _ is the beginning of many.
var instead = []struct{ name, remedy string }{
	{"POSTGRESQL_USERNAME", "Write APP_USER and APP_PASSWORD, whose role is a superuser; one that may do less is made with CREATE ROLE."},
	{"POSTGRESQL_PASSWORD", "It is the password of POSTGRESQL_USERNAME: write APP_PASSWORD. The superuser's is POSTGRES_PASSWORD."},
	{"POSTGRESQL_NUM_SYNCHRONOUS_REPLICAS", "Write synchronous_standby_names into a mounted postgresql.conf; a standby's name there is its MASTER_SLOT."},
	{"POSTGRESQL_SYNCHRONOUS_", "Write synchronous_standby_names and synchronous_commit into a mounted postgresql.conf."},
	{"POSTGRESQL_CLUSTER_APP_NAME", "Write MASTER_SLOT, which names the standby too."},
	{"POSTGRESQL_ENABLE_TLS", "Write ssl = on, ssl_cert_file and ssl_key_file into a mounted postgresql.conf."},
	{"POSTGRESQL_TLS_", "Write ssl_cert_file and its like into a mounted postgresql.conf."},
	{"POSTGRESQL_ENABLE_LDAP", "Mount a pg_hba.conf with lines of the method ldap."},
	{"POSTGRESQL_LDAP_", "Mount a pg_hba.conf with lines of the method ldap."},
	{"POSTGRESQL_PGHBA_", "Mount a pg_hba.conf of your own."},
	{"POSTGRESQL_ALLOW_REMOTE_CONNECTIONS", "Mount a pg_hba.conf of your own; REPLICATION_ALLOW says who may replicate."},
	{"POSTGRESQL_PORT_NUMBER", "Publish another port of the host instead; the server keeps 5432 in its container."},
	{"POSTGRESQL_DATA_DIR", "Write PGDATA."},
	{"POSTGRESQL_VOLUME_DIR", "Mount the volume at /var/lib/postgresql/data, and write PGDATA."},
	{"POSTGRESQL_EXTRA_FLAGS", "Write them as the container's command."},
	{"POSTGRESQL_REPLICATION_", "Remove it: the password is kept in a password file outside the volume."},
	{"POSTGRESQL_", "Write the setting into a mounted postgresql.conf; docs/migrating.md has the names that are read."},
	{"REPMGR_PRIMARY_HOST", "Write MASTER_SERVER on a standby. Nothing fails over by itself here."},
	{"REPMGR_PRIMARY_PORT", "Write MASTER_PORT on a standby."},
	{"REPMGR_", "Remove it: nothing fails over by itself here; repmgr, Patroni and pg_auto_failover do."},
}

// remedyFor says what to do about a name that nobody reads.
func remedyFor(name string, known []string) string {
	for _, i := range instead {
		if withoutFile(name) == i.name || strings.HasSuffix(i.name, "_") && strings.HasPrefix(name, i.name) {
			return i.remedy
		}
	}
	twin := strings.Replace(name, "POSTGRES_", bitnami, 1) // Bitnami's image reads either
	if at := slices.IndexFunc(Settings(), func(s Setting) bool { return slices.Contains(s.Aliases, twin) }); at >= 0 {
		return "Write " + Settings()[at].Name + "."
	}
	if near := Nearest(name, known); near != "" {
		return "Did you mean " + near + "?"
	}
	return "Remove it, or see pgreplica settings for the names that are read."
}
