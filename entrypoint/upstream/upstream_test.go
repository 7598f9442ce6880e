package upstream

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

func nobodyListens() error {
	return &pgsql.Failure{Fault: pg.Fault{ID: "refused", Text: "nothing listens", Err: syscall.ECONNREFUSED}, Class: pgsql.Transient}
}

func TestOnlyThisServersOwnPortIsItself(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "postgresql.conf"), []byte("port = 6000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		host string
		port uint16
		args []string
		err  error
		want string
	}{
		{"127.0.0.1", 6000, nil, nobodyListens(), "127.0.0.1 is 127.0.0.1, an address of this container, and port 6000 its own"},
		{"localhost", 6000, nil, nobodyListens(), "localhost is "},
		{"127.0.0.1", 5432, nil, nobodyListens(), ""},                              // another server of the same host
		{"127.0.0.1", 6000, []string{"-c", "port=6001"}, nobodyListens(), ""},      // this server has another port
		{"127.0.0.1", 6001, []string{"-p", "6001"}, nobodyListens(), "127.0.0.1 "}, // it is this one
		{"192.0.2.1", 6000, nil, nobodyListens(), ""},
		{"no-such-host.invalid", 6000, nil, nobodyListens(), ""},
		{"127.0.0.1", 6000, nil, errors.New("anything else"), ""},
	} {
		cfg := config.Config{MasterServer: c.host, MasterPort: c.port}
		up := New(&node.Node{Config: cfg, Volume: pgdata.Layout{Dir: dir}}, c.args)
		if got := up.selfReason(context.Background(), c.err); got != c.want && (c.want == "" || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s:%d %q: got %q, want %q", c.host, c.port, c.args, got, c.want)
		}
	}
}

// closedPort is a port of 127.0.0.1 that nobody listens on.
func closedPort(t *testing.T) uint16 {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return uint16(listener.Addr().(*net.TCPAddr).Port)
}

func TestAnUpstreamThatDidNotAnswerIsNotAskedAgain(t *testing.T) {
	port := closedPort(t)
	up := New(&node.Node{Log: zerolog.Nop(), Config: config.Config{MasterServer: "127.0.0.1", MasterPort: port, ReplicationUser: "r"}}, nil)
	if answer := up.Ask(t.Context()); answer != nil || pgsql.IDOf(up.Err()) != "refused" {
		t.Fatalf("got %v, %v", answer, up.Err())
	}
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if answer := up.Ask(t.Context()); answer != nil || pgsql.IDOf(up.Err()) != "refused" {
		t.Errorf("got %v, %v", answer, up.Err())
	}
	listener.SetDeadline(time.Now())
	if _, err := listener.Accept(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it was asked again: %v", err)
	}
}

func TestAPeerThatDoesNotAnswerHoldsNoCluster(t *testing.T) {
	var said bytes.Buffer
	peers := []string{pg.Address("127.0.0.1", closedPort(t)), "no-such-host.invalid"}
	n := &node.Node{Log: zerolog.New(&said), Config: config.Config{Peers: peers, ReplicationUser: "r"}}
	if what, found := FindPeer(t.Context(), n, node.AskLimit); found || what != "" {
		t.Errorf("got %q", what)
	}
	for _, peer := range peers {
		if !strings.Contains(said.String(), `"host":"`+peer+`"`) {
			t.Errorf("%s was not asked:\n%s", peer, said.String())
		}
	}
}
