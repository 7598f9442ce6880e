package pgsql

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

const everybody = "host replication all 127.0.0.1/32 scram-sha-256"

func TestAServerSaysWhoItIs(t *testing.T) {
	server := startServer(t, []string{everybody})
	server.makeRole(t, "r", "secret")
	got, err := Identify(within(t, 5*time.Second), server.upstream("r", "secret"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := Look(context.Background(), server.connect(t))
	if err != nil {
		t.Fatal(err)
	}
	if got.SystemID != want.SystemID || got.Timeline != 1 || got.Major != want.Major || got.InRecovery || got.LSN == 0 || got.LSN > want.LSN {
		t.Errorf("got %+v, want what it says on its socket: %+v", got, want)
	}
}

// 14 and later say in_hot_standby, and 13 only whether transactions are read-only.
func TestAPrimaryWhoseTransactionsAreReadOnlyIsNoStandby(t *testing.T) {
	for title, where := range map[string]string{"the server": "on", "the role": "off"} {
		server := startServer(t, []string{everybody}, "default_transaction_read_only="+where)
		server.makeRole(t, "r", "secret") // our own commands do their work there, too
		if title == "the role" {
			server.sql(t, "ALTER ROLE r SET default_transaction_read_only = on")
		}
		got, err := Identify(within(t, 5*time.Second), server.upstream("r", "secret"))
		if err != nil || got.InRecovery || got.Settings["transaction_read_only"] != "off" {
			t.Errorf("%s: got %+v, %v", title, got, err)
		}
	}
}

// PGHOST and the like are for libpq's programs, not for us.
func TestTheEnvironmentDoesNotMatter(t *testing.T) {
	server := startServer(t, []string{everybody})
	server.makeRole(t, "r", "secret")
	setEnvironment(t)
	if _, err := Identify(within(t, 5*time.Second), server.upstream("r", "secret")); err != nil {
		t.Errorf("got %v", err)
	}
	if conn, err := server.local(); err != nil {
		t.Errorf("on the socket: %v", err)
	} else {
		conn.Close(context.Background())
	}
}

func TestEachRefusalNamesItsCauseAndItsRemedy(t *testing.T) {
	server := startServer(t, []string{
		"host replication trusted 127.0.0.1/32 trust",
		"host replication rejected 127.0.0.1/32 reject",
		"host replication unlisted 192.0.2.0/24 trust",
		"host replication plain,expired,md5,known,no_password,nobody 127.0.0.1/32 scram-sha-256",
		"host replication nologin 127.0.0.1/32 trust",
	})
	server.makeRole(t, "known", "canary-password")
	server.sql(t, "SET password_encryption = md5", "CREATE ROLE md5 LOGIN REPLICATION PASSWORD 'canary-password'", "RESET password_encryption",
		"CREATE ROLE expired LOGIN REPLICATION PASSWORD 'canary-password' VALID UNTIL '2001-01-01'", "CREATE ROLE no_password LOGIN REPLICATION",
		"CREATE ROLE nologin REPLICATION", "CREATE ROLE rejected LOGIN REPLICATION", "CREATE ROLE unlisted LOGIN REPLICATION")
	verifier, _ := Verifier("canary-password")
	server.sql(t, RoleStatements(pg.Role{Name: "plain", Login: true}, verifier, false)...)
	at := fmt.Sprintf("127.0.0.1:%d", server.port)
	refused := func(role string) string { return fmt.Sprintf("%s refuses the password of role %q", at, role) }

	for _, test := range []struct {
		role, password string
		class          Class
		status         int
		reason, remedy string
	}{
		{"known", "canary-wrong", Slow, 78, refused("known"), "REPLICATION_PASSWORD"},
		{"nobody", "canary-password", Slow, 78, refused("nobody"), `pg_authid WHERE rolname = '\''nobody'\'''`},
		{"expired", "canary-password", Slow, 78, refused("expired"), "rolvaliduntil"},
		{"no_password", "canary-password", Slow, 78, refused("no_password"), "has no password"},
		{"md5", "canary-password", Slow, 78, refused("md5"), "md5 password"},
		{"plain", "canary-password", Permanent, 78, fmt.Sprintf(`role "plain" on %s may not replicate`, at), `ALTER ROLE "plain" REPLICATION`},
		{"trusted", "", Slow, 78, at + ` refuses the login: role "trusted" does not exist`, "CREATE ROLE"},
		{"nologin", "", Slow, 78, at + ` refuses the login: role "nologin" is not permitted to log in`, `ALTER ROLE "nologin" LOGIN REPLICATION`},
		{"rejected", "", Slow, 78, at + ` refuses the login: pg_hba.conf rejects replication connection`, "above any line that rejects"},
		{"unlisted", "", Slow, 78, at + ` has no pg_hba.conf entry that lets role "unlisted" replicate from 127.0.0.1/32`,
			": host replication unlisted 127.0.0.1/32 scram-sha-256 "},
		{"Un Listed", "", Slow, 78, at + ` has no pg_hba.conf entry`, `: host replication "Un Listed" 127.0.0.1/32 scram-sha-256 `},
	} {
		_, err := Identify(within(t, 5*time.Second), server.upstream(test.role, test.password))
		check(t, test.role, err, test.class, test.status, test.reason, test.remedy)
	}
}

// check compares a failure, and checks that it holds no password.
func check(t *testing.T, name string, err error, class Class, status int, reason, remedy string) {
	t.Helper()
	f, ok := errors.AsType[*Failure](err)
	if !ok {
		t.Errorf("%s: got %v, want a failure", name, err)
		return
	}
	if f.Class != class || f.ExitStatus() != status || !strings.HasPrefix(f.Text, reason) || !strings.Contains(f.Fix, remedy) {
		t.Errorf("%s: got %s %d\n\t%s\n\t%s\nwant %s %d\n\t%s...\n\t...%s...", name, f.Class, f.ExitStatus(), f.Text, f.Fix, class, status, reason, remedy)
	}
	if wrapped, ok := errors.AsType[*pgconn.ConnectError](f); ok {
		t.Errorf("%s: the cause holds pgx's configuration and the password: %T", name, wrapped)
	}
	if all := fmt.Sprintf("%+v %#v %v", f, *f, f.Err); strings.Contains(all, "canary") || strings.Contains(f.Text, "\n") {
		t.Errorf("%s: a password or a second line in %s", name, all)
	}
}

func TestAServerThatCannotBeReachedIsNamed(t *testing.T) {
	silent, closing := listen(t, func(net.Conn) {}), listen(t, func(conn net.Conn) { conn.Close() })
	leaving := listen(t, func(conn net.Conn) { conn.Read(make([]byte, 1024)); conn.Close() })
	web := listen(t, func(conn net.Conn) { conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")); conn.Close() })
	free := listen(t, nil)
	for _, test := range []struct {
		name           string
		host           string
		port           uint16
		class          Class
		status         int
		reason, remedy string
	}{
		{"refused port", "127.0.0.1", free, Transient, 69, fmt.Sprintf("nothing listens on 127.0.0.1:%d", free), "MASTER_PORT"},
		{"unknown name", "no-such-host.invalid", 5432, Transient, 69, `MASTER_SERVER "no-such-host.invalid" cannot be resolved`, "docker compose ps"},
		{"name of a stopped container", "no-such-container", 5432, Transient, 69, `no running server is called "no-such-container"`, "docker compose up -d master"},
		{"silent port", "127.0.0.1", silent, Transient, 69, fmt.Sprintf("127.0.0.1:%d takes the connection, but does not answer", silent), "another program"},
		{"closing port", "127.0.0.1", closing, Transient, 69, fmt.Sprintf("127.0.0.1:%d closes the connection", closing), "docker compose logs"},
		{"leaving port", "127.0.0.1", leaving, Transient, 69, fmt.Sprintf("127.0.0.1:%d closes the connection", leaving), "docker compose logs"},
		{"web server", "127.0.0.1", web, Permanent, 78, fmt.Sprintf("what answers at 127.0.0.1:%d is not PostgreSQL", web), "MASTER_PORT"},
	} {
		_, err := Identify(within(t, 500*time.Millisecond), Upstream{Host: test.host, Port: test.port, User: "r", Password: "canary"})
		check(t, test.name, err, test.class, test.status, test.reason, test.remedy)
	}
}

// listen returns a port whose connections go to answer; nobody listens on it
// where answer is nil.
func listen(t *testing.T, answer func(net.Conn)) uint16 {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := uint16(listener.Addr().(*net.TCPAddr).Port)
	if answer == nil {
		listener.Close()
		return port
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			answer(conn)
		}
	}()
	return port
}

func TestACancelledQuestionIsNoFailure(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Identify(ctx, Upstream{Host: "127.0.0.1", Port: listen(t, func(net.Conn) {}), User: "r"})
	if _, failure := errors.AsType[*Failure](err); failure || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation itself", err)
	}
}

func TestAnUpstreamPrintsWithoutItsPassword(t *testing.T) {
	u := Upstream{Host: "db1", Port: 5432, User: "r", Password: "canary"}
	if got := fmt.Sprintf("%v %+v %#v %s %q %v", u, u, u, u, u, []Upstream{u}); strings.Contains(got, "canary") || !strings.Contains(got, "r@db1:5432") {
		t.Errorf("got %s", got)
	}
}
