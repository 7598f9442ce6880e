package pgsql

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

// explain turns an error of a replication connection into a *Failure. It looks
// for an SQLSTATE first, so that of the two attempts of sslmode=prefer the one
// that reached PostgreSQL counts. A cancelled context is returned as it is.
func (u Upstream) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, done := errors.AsType[*Failure](err); done {
		return err
	}
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		return u.explainAnswer(answer)
	}
	return u.explainNetwork(err)
}

// explainAnswer explains what PostgreSQL answered. Its messages may be in any
// language, but Routine and the names in them are never translated.
func (u Upstream) explainAnswer(answer *pgconn.PgError) *Failure {
	role := pgx.Identifier{u.User}.Sanitize()
	switch code := answer.Code; {
	case code == "28P01":
		return fail("auth", fmt.Sprintf("%s refuses the password of role %q", u.address(), u.User),
			"Give REPLICATION_PASSWORD the same value here and on the primary (a $ in .env needs single quotes): "+pg.All.Up()+" && "+pg.All.Restart()+". PostgreSQL says the same when the role "+
				"does not exist, has no password, has expired, or has an md5 password where pg_hba.conf wants scram-sha-256: "+
				pg.Master.Psql("SELECT rolname, rolvaliduntil, left(rolpassword, 5) FROM pg_authid WHERE rolname = "+QuoteLiteral(u.User)),
			Slow, answer)
	case code == "28000" && answer.Routine == "InitializeSessionUserId":
		return fail("login", u.address()+" refuses the login: "+answer.Message,
			"Let the role log in: "+pg.Master.Psql("ALTER ROLE "+role+" LOGIN REPLICATION")+" (CREATE ROLE where it does not exist)",
			Slow, answer)
	case code == "28000":
		return u.explainHBA(answer)
	case code == "42501" && slices.Contains(asksForRole, answer.Routine):
		return fail("role-replication", fmt.Sprintf("role %q on %s may not replicate", u.User, u.address()),
			"Give it the right: "+pg.Master.Psql("ALTER ROLE "+role+" REPLICATION"),
			Permanent, answer)
	case code == "42501" && pg.PathIn(answer.Message) != "", code == "58030":
		return u.explainUnreadable(answer)
	case code == "53300" && strings.Contains(answer.Message, "max_wal_senders"):
		return u.explainSenders(answer)
	case code == "57P03", code == "57P01", code == "57P02":
		return fail("starting", u.address()+" does not take connections yet: "+answerText(answer),
			"It is starting, stopping or recovering. Its log says how far it is: "+pg.Master.Log(),
			Transient, answer)
	case strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57"):
		return u.explainOverload(answer)
	case code == "08P01", code == "0A000":
		return fail("port-answers-postgres", u.address()+" does not let us replicate: "+answerText(answer),
			"A pooler such as pgbouncer cannot be followed: MASTER_SERVER and MASTER_PORT must be PostgreSQL's own.",
			Permanent, answer)
	}
	return failUnknown("other", fmt.Sprintf("%s answers: %s (SQLSTATE %s)", u.address(), answerText(answer), answer.Code),
		"Read the primary's log: "+pg.Master.Log(),
		answer)
}

// asksForRole are PostgreSQL's functions that refuse a role with 42501. It is also
// what a server says that the operating system keeps a file from.
var asksForRole = []string{"InitPostgres", "InitWalSender", "check_permissions", "CheckSlotPermissions"}

// explainUnreadable explains a server that cannot read its own files: they are
// another user's, or the disk fails.
func (u Upstream) explainUnreadable(answer *pgconn.PgError) *Failure {
	fix := pg.UnreadableFix(answer.Message)
	if answer.Code == "58030" {
		fix = pg.UnreadableDisk
	}
	return fail("copy-unreadable", u.address()+" cannot read its own data: "+answerText(answer), fix, Permanent, answer)
}

// explainHBA prints the line that is missing in pg_hba.conf. The address is the
// one that the server names: address translation on the way may have changed
// this host's.
func (u Upstream) explainHBA(answer *pgconn.PgError) *Failure {
	seen := "ADDRESS/32"
	for _, word := range strings.FieldsFunc(answer.Message, isNotOfAddress) {
		if address, err := netip.ParseAddr(word); err == nil {
			address = address.WithZone("").Unmap()
			seen = netip.PrefixFrom(address, address.BitLen()).String()
			break
		}
	}
	line := "host replication " + hbaName(u.User) + " " + seen + " scram-sha-256"
	reason := fmt.Sprintf("%s has no pg_hba.conf entry that lets role %q replicate from %s", u.address(), u.User, seen)
	if answer.Routine != "ClientAuthentication" || strings.Contains(answer.Message, "rejects") {
		reason = u.address() + " refuses the login: " + answerText(answer)
	}
	return fail("hba", reason,
		"On the primary, name the address in REPLICATION_ALLOW in .env, then "+pg.Master.Up()+
			". Or add to the pg_hba.conf that is mounted there, above any line that rejects: "+line+" (all does not mean replication). Then: "+pg.Master.Exec("pgreplica apply"),
		Slow, answer)
}

// isNotOfAddress is true of a character that no numeric address has.
func isNotOfAddress(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF.:", r) }

// hbaName writes a role for pg_hba.conf, with quotes where it needs them.
func hbaName(role string) string {
	if role != "all" && !strings.ContainsFunc(role, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' }) {
		return role
	}
	return `"` + strings.ReplaceAll(role, `"`, `""`) + `"`
}

// explainSenders explains that no walsender is left. That is Slow, and not
// Permanent, because this standby's own broken connection may still take one.
func (u Upstream) explainSenders(answer *pgconn.PgError) *Failure {
	if strings.Contains(answer.Message, " 0)") {
		return fail("senders", u.address()+" is not set up for replication: max_wal_senders is 0",
			"Set wal_level = replica and max_wal_senders = 10 on the primary and restart it.",
			Slow, answer)
	}
	return fail("senders", u.address()+" has no walsender left: "+answerText(answer),
		"Each standby takes one, a base backup two. Raise max_wal_senders on the primary: "+
			pg.Master.Psql("ALTER SYSTEM SET max_wal_senders = 20")+", then "+pg.Master.Restart(),
		Slow, answer)
}

// explainOverload explains the limits of a role, of the server and of its
// machine.
func (u Upstream) explainOverload(answer *pgconn.PgError) *Failure {
	remedy := "Free what the message names on the primary, memory or disk: " + pg.Master.Log()
	switch {
	case answer.Code == "53300" && answer.Routine == "InitializeSessionUserId":
		remedy = "Raise the role's limit: " + pg.Master.Psql("ALTER ROLE "+QuoteIdent(u.User)+" CONNECTION LIMIT -1")
	case answer.Code == "53300":
		remedy = "Close connections that nobody needs, or raise max_connections on the primary and restart it: " +
			pg.Master.Psql("SELECT usename, client_addr, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC")
	}
	return fail("connections", u.address()+" cannot serve us now: "+answerText(answer), remedy, Transient, answer)
}

// answerText is the message of an answer, with its detail, in one line.
func answerText(answer *pgconn.PgError) string {
	text := answer.Message
	if answer.Detail != "" {
		text += " (" + strings.TrimSuffix(answer.Detail, ".") + ")"
	}
	return pg.Said(text)
}

// sqlstate is the SQLSTATE of a server's answer; empty for any other error.
func sqlstate(err error) string {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		return answer.Code
	}
	return ""
}

func isWrongPassword(err error) bool { return sqlstate(err) == "28P01" }
