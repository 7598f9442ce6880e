package pgsql

import (
	"crypto/md5"
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// RoleStatements are the statements that create a role, each of one line, as
// postgres --single reads them. A role that exists stays as it is, unless
// mayAlter gives it the attributes and the password of role. An empty verifier
// sets no password.
func RoleStatements(role pg.Role, verifier string, mayAlter bool) []string {
	verb := func(verb string) string {
		statement := verb + " ROLE %I " + attributes(role)
		if verifier != "" {
			statement += " PASSWORD %L"
		}
		return "EXECUTE format(" + QuoteLiteral(statement) + ", name, verifier);"
	}
	otherwise := ""
	if mayAlter {
		otherwise = "ELSE " + verb("ALTER") + " "
	}
	body := "DECLARE name text := " + QuoteLiteral(role.Name) + "; verifier text := " + QuoteLiteral(verifier) + "; " +
		"BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN " +
		verb("CREATE") + " " + otherwise + "END IF; END"
	return append(quietSettings(), "DO "+dollarQuote(body)+";")
}

// quietSettings keep the verifier out of the log and of pg_stat_statements.
// They also prevent that a function in public is called, and that a commit
// waits for a synchronous standby, which may not exist yet.
func quietSettings() []string {
	return []string{
		"SET search_path = pg_catalog;",
		"SET synchronous_commit = local;",
		"SET default_transaction_read_only = off;",
		"SET log_statement = none;",
		"SET log_min_duration_statement = -1;",
		"SET log_min_duration_sample = -1;",
		"SET log_transaction_sample_rate = 0;",
		"SET log_min_error_statement = panic;",
		"SET log_error_verbosity = terse;", // the context of an error is the statement
		"SET pg_stat_statements.track_utility = off;",
	}
}

func attributes(role pg.Role) string {
	var words []string
	for _, attribute := range []struct {
		word string
		has  bool
	}{
		{"SUPERUSER", role.Superuser}, {"CREATEDB", role.CreateDB}, {"CREATEROLE", role.CreateRole},
		{"LOGIN", role.Login}, {"REPLICATION", role.Replication},
	} {
		if !attribute.has {
			attribute.word = "NO" + attribute.word
		}
		words = append(words, attribute.word)
	}
	return strings.Join(words, " ")
}

// dollarQuote quotes code with a tag that does not occur in the code.
func dollarQuote(code string) string {
	tag := "$pgreplica$"
	for strings.Contains(code, tag) {
		tag = strings.TrimSuffix(tag, "$") + "_$"
	}
	return tag + code + tag
}

// DatabaseStatement is the statement, of one line, that creates a database.
func DatabaseStatement(name string) string {
	if !strings.Contains(name, "\n") {
		return "CREATE DATABASE " + QuoteIdent(name) + ";"
	}
	escaped := strings.NewReplacer(`\`, `\\`, "\n", `\000a`).Replace(name)
	return "CREATE DATABASE U&" + QuoteIdent(escaped) + ";"
}

// RehashStatement is the statement that stores a role's password as a SCRAM
// verifier where md5 of this very password is stored: a line of pg_hba.conf
// that asks for SCRAM would refuse md5. Any other password stays as it is.
func RehashStatement(role, password, verifier string) string {
	stored := fmt.Sprintf("md5%x", md5.Sum([]byte(password+role)))
	body := "DECLARE name text := " + QuoteLiteral(role) + "; " +
		"BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_authid WHERE rolname = name AND rolpassword = " + QuoteLiteral(stored) + ") THEN " +
		"EXECUTE format('ALTER ROLE %I PASSWORD %L', name, " + QuoteLiteral(verifier) + "); END IF; END"
	return "DO " + dollarQuote(body) + ";"
}

// PasswordStatement is the statement that gives a role which exists a password, and
// nothing else.
func PasswordStatement(role, verifier string) string {
	body := "DECLARE name text := " + QuoteLiteral(role) + "; " +
		"BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN " +
		"EXECUTE format('ALTER ROLE %I PASSWORD %L', name, " + QuoteLiteral(verifier) + "); END IF; END"
	return "DO " + dollarQuote(body) + ";"
}
