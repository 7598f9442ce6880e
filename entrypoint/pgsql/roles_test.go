package pgsql

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/pg"
)

// nasty are names and passwords that break statements built by hand.
var nasty = []string{
	"plain", "Capital", "my cool user", " leading", "trailing ", "0digit", "select", "user", "all", "none_", "public_",
	"x'; CREATE ROLE pwn SUPERUSER; --", `x"; CREATE ROLE pwn SUPERUSER; --`, "x'); CREATE ROLE pwn SUPERUSER; --",
	"$pgreplica$", "$pgreplica_$ $pgreplica$", "$$", "$1", "$$; CREATE ROLE pwn SUPERUSER; $$", "a$pgreplica",
	"'", "''", `"`, `""`, `\`, `\\`, `\'`, `'\`, `\n`, `end\`, "%I", "%L%s%", "%%", "-- comment", "/* comment", "*/",
	"semi;colon", "co:lon", "tab\there", "line\nend", "back\\\nline", "return\r", "\n", "E'\\''", "U&'\\0041'",
	"ñandú", "имя", "🐘", "{a,b}", "|", "`id`", "$(id)", "\x01\x1f\x7f",
}

var databases = []string{"my cool db", `a"b`, "c'd", `back\slash\0041`, "line\nend", `end\`, "ñ"}

// single runs lines the way a fresh cluster gets its roles.
func (s *server) single(t testing.TB, lines ...string) string {
	t.Helper()
	for _, line := range lines {
		if strings.Contains(line, "\n") {
			t.Errorf("a statement has more than one line: %q", line)
		}
	}
	return s.run(t, strings.NewReader(strings.Join(lines, "\n")+"\n"), "postgres", "--single", "-F", "-D", s.data, "postgres")
}

func TestASingleUserServerMakesRolesOfAnyName(t *testing.T) {
	server := makeCluster(t)
	var lines []string
	for i, name := range nasty {
		verifier, err := Verifier(nasty[len(nasty)-1-i])
		if err != nil {
			t.Fatal(err)
		}
		role := pg.Role{Name: name, Login: true, Replication: i%2 == 0, CreateDB: i%3 == 0}
		lines = append(lines, RoleStatements(role, verifier, false)...)
	}
	for _, name := range databases {
		lines = append(lines, DatabaseStatement(name))
	}
	if out := server.single(t, lines...); strings.Contains(out, "ERROR") {
		t.Errorf("the server complains:\n%s", out)
	}
	server.start(t, []string{"host replication all 127.0.0.1/32 scram-sha-256"})
	for _, every := range []struct {
		query string
		want  []string
	}{
		{"SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'", nasty},
		{"SELECT datname FROM pg_database WHERE datname <> 'postgres' AND NOT datistemplate", databases},
	} {
		rows, _ := server.connect(t).Query(context.Background(), every.query)
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprintf("%q", sorted(found)), fmt.Sprintf("%q", sorted(every.want)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", every.query, got, want)
		}
	}
	for i, name := range nasty {
		if i%2 != 0 {
			continue
		}
		if _, err := Identify(within(t, 5*time.Second), server.upstream(name, nasty[len(nasty)-1-i])); err != nil {
			t.Errorf("role %q with password %q: %v", name, nasty[len(nasty)-1-i], err)
		}
	}
}

func TestARoleThatExistsChangesOnlyOnRequest(t *testing.T) {
	server := startServer(t, nil)
	conn := server.connect(t)
	state := func() string {
		t.Helper()
		var state string
		err := conn.QueryRow(context.Background(), "SELECT rolsuper::text || rolcreatedb || rolcreaterole || rolcanlogin || rolreplication || "+
			"coalesce(rolpassword, 'none') FROM pg_authid WHERE rolname = 'r'").Scan(&state)
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	verifier, _ := Verifier("one")
	server.sql(t, RoleStatements(pg.Role{Name: "r", Login: true}, "", false)...)
	if got, want := state(), "falsefalsefalsetruefalsenone"; got != want {
		t.Errorf("a new role without a password: got %s, want %s", got, want)
	}
	app := pg.Role{Name: "r", Superuser: true, CreateDB: true, CreateRole: true, Login: true}
	server.sql(t, RoleStatements(app, verifier, false)...)
	if got, want := state(), "falsefalsefalsetruefalsenone"; got != want {
		t.Errorf("unasked: got %s, want %s", got, want)
	}
	server.sql(t, RoleStatements(app, verifier, true)...)
	if got, want := state(), "truetruetruetruefalse"+verifier; got != want {
		t.Errorf("asked: got %s, want %s", got, want)
	}
	server.sql(t, RoleStatements(pg.Role{Name: "r", Replication: true}, "", true)...)
	if got, want := state(), "falsefalsefalsefalsetrue"+verifier; got != want {
		t.Errorf("asked, without a password: got %s, want %s", got, want)
	}
}

// Neither the password nor the verifier may reach the log, and nobody waits
// for a standby that does not exist yet.
func TestRolesAreMadeQuietlyAndWithoutAStandby(t *testing.T) {
	server := makeCluster(t)
	verifier, _ := Verifier("canary")
	settings := []string{"synchronous_standby_names=*", "log_statement=all", "log_min_duration_statement=0", "logging_collector=on",
		"log_filename=it.log"}
	server.start(t, nil, settings...)
	conn := server.connect(t)
	ctx := within(t, 5*time.Second)
	for _, statement := range RoleStatements(replicator("r"), verifier, true) {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	const last = "the log is complete" // PostgreSQL writes it in another process
	server.sql(t, "SELECT '"+last+"'")
	log := server.read(t, "log/it.log")
	for ; !strings.Contains(log, last); log = server.read(t, "log/it.log") {
		if ctx.Err() != nil {
			t.Fatalf("this is not the log that was asked for:\n%s", log)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !strings.Contains(log, "synchronous_commit") {
		t.Fatalf("this is not the log that was asked for:\n%s", log)
	}
	if strings.Contains(log, "SCRAM-SHA-256$") {
		t.Errorf("the verifier is in the log:\n%s", log)
	}
}

func TestOnlyTheSamePasswordIsStoredAnew(t *testing.T) {
	server := makeCluster(t)
	verifier, err := Verifier("it's secret")
	if err != nil {
		t.Fatal(err)
	}
	server.single(t, "SET password_encryption = md5;", "CREATE ROLE \"o'x\" PASSWORD 'it''s secret';", "CREATE ROLE other PASSWORD 'another';",
		RehashStatement("o'x", "it's secret", verifier), RehashStatement("other", "it's secret", verifier), RehashStatement("absent", "it's secret", verifier))
	out := server.single(t, "SELECT rolname, rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL ORDER BY 1;")
	if !strings.Contains(out, verifier) || strings.Count(out, "SCRAM-SHA-256") != 1 || !strings.Contains(out, `"md5`) {
		t.Errorf("got\n%s", out)
	}
}
