package pgsql

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A server is a real PostgreSQL for a test, reached by a socket in dir and on
// 127.0.0.1. Its superuser is postgres, without a password on the socket.
type server struct {
	dir, data string
	port      uint16
}

// makeCluster runs initdb, or skips the test where there is no PostgreSQL.
func makeCluster(t testing.TB) *server {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "pgsql")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if uid, gid := postgresUser(t); os.Geteuid() == 0 {
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
	}
	s := &server{dir: dir, data: filepath.Join(dir, "data")}
	s.run(t, nil, "initdb", "-D", s.data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
	return s
}

// startServer makes a cluster and runs it with lines of pg_hba.conf for TCP
// and with settings such as max_wal_senders=3.
func startServer(t testing.TB, hba []string, settings ...string) *server {
	t.Helper()
	s := makeCluster(t)
	s.start(t, hba, settings...)
	return s
}

func (s *server) start(t testing.TB, hba []string, settings ...string) {
	t.Helper()
	s.launch(t, hba, settings...)
	s.await(t)
}

// launch does not wait until the server takes connections.
func (s *server) launch(t testing.TB, hba []string, settings ...string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = uint16(listener.Addr().(*net.TCPAddr).Port)
	listener.Close()
	lines := strings.Join(append([]string{"local all all trust", "local replication all trust"}, hba...), "\n") + "\n"
	if err := os.WriteFile(filepath.Join(s.data, "pg_hba.conf"), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-D", s.data, "-p", port(s), "-k", s.dir, "-h", "127.0.0.1", "-F"}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	var log bytes.Buffer
	cmd := s.command(t, "postgres", args...)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGQUIT) // at once; the directory goes anyway
		cmd.Wait()
		if t.Failed() {
			t.Logf("log of the server:\n%s", log.String())
		}
	})
}

func (s *server) await(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := s.local()
		if err == nil {
			conn.Close(context.Background())
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not start: %v", err)
		}
	}
}

func (s *server) local() (*pgx.Conn, error) {
	return Local(context.Background(), s.dir, s.port, "postgres", "postgres")
}

// connect is a connection of the superuser that ends with the test.
func (s *server) connect(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := s.local()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// sql runs statements as a user does, with public in the search_path, which our
// own connections leave out.
func (s *server) sql(t testing.TB, statements ...string) {
	t.Helper()
	conn, err := s.local()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, statement := range append([]string{"SET search_path = public"}, statements...) {
		if _, err := conn.Exec(context.Background(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// upstream is the server as a standby reaches it.
func (s *server) upstream(user, password string) Upstream {
	return Upstream{Host: "127.0.0.1", Port: s.port, User: user, Password: password, ApplicationName: "a_standby"}
}

// open is a session that ends with the test.
func open(t testing.TB, u Upstream) *Session {
	t.Helper()
	s, err := Open(within(t, 5*time.Second), u)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// makeRole makes a role with RoleStatements, which has tests of its own.
func (s *server) makeRole(t testing.TB, name, password string) {
	t.Helper()
	verifier, err := Verifier(password)
	if err != nil {
		t.Fatal(err)
	}
	s.sql(t, RoleStatements(replicator(name), verifier, false)...)
}

func within(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

func port(s *server) string { return strconv.Itoa(int(s.port)) }
