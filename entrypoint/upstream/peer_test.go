package upstream

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
)

// listens is the address of a server that deals with each connection so.
func listens(t *testing.T, deal func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			deal(conn)
		}
	}()
	return listener.Addr().String()
}

// refuses is a PostgreSQL that lets nobody in, for a reason.
func refuses(code, message string) func(net.Conn) {
	return func(conn net.Conn) {
		defer conn.Close()
		backend := pgproto3.NewBackend(conn, conn)
		for {
			asked, err := backend.ReceiveStartupMessage()
			if err != nil {
				return
			}
			if _, plain := asked.(*pgproto3.StartupMessage); plain {
				backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: message})
				backend.Flush()
				return
			}
			conn.Write([]byte("N")) // no TLS
		}
	}
}

// TestAPeerThatRefusesUsHoldsAClusterAllTheSame asks each kind of answer: only a
// PostgreSQL has a cluster, whatever it says, and all others cost no more than the
// limit.
func TestAPeerThatRefusesUsHoldsAClusterAllTheSame(t *testing.T) {
	const limit = 500 * time.Millisecond
	closed := listens(t, func(conn net.Conn) { conn.Close() }) // as Docker does for a published port
	silent := listens(t, func(net.Conn) {})
	web := listens(t, func(conn net.Conn) { conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")); conn.Close() })
	for _, c := range []struct {
		peers []string
		want  string // nothing: no peer holds a cluster
	}{
		{nil, ""},
		{[]string{closed}, ""},
		{[]string{silent}, ""},
		{[]string{web}, ""},
		{[]string{"127.0.0.1:1"}, ""},
		{[]string{"no-such-host.invalid"}, ""},
		{[]string{listens(t, refuses("28000", "no pg_hba.conf entry for replication connection"))}, "pg_hba.conf"},
		{[]string{listens(t, refuses("28P01", "password authentication failed"))}, "refuses the password"},
		{[]string{listens(t, refuses("57P03", "the database system is starting up"))}, "is starting up"},
		{[]string{listens(t, refuses("53300", "sorry, too many clients already"))}, "too many clients"},
		{[]string{closed, "127.0.0.1:1", listens(t, refuses("57P03", "the database system is in recovery mode"))}, "in recovery mode"},
	} {
		began := time.Now()
		n := &node.Node{Config: config.Config{Peers: c.peers, MasterSSLMode: "prefer", ReplicationUser: "copy"}, Log: zerolog.Nop()}
		what, found := FindPeer(context.Background(), n, limit)
		if found != (c.want != "") || !strings.Contains(what, c.want) {
			t.Errorf("%q: found %v, %q; want %q", c.peers, found, what, c.want)
		}
		if took := time.Since(began); took > time.Duration(len(c.peers)+2)*limit {
			t.Errorf("%q: took %s", c.peers, took)
		}
	}
}
