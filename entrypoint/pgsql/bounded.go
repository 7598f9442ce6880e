package pgsql

import (
	"context"
	"errors"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// What a server may send, in bytes: a stranger's could fill the memory, with one
// message or with many. pgx keeps what the server says of its parameters.
const (
	mostMessage = 1 << 20
	mostOwn     = 16 << 20 // a message of our own server's, whose rows may be long
	mostLogin   = 1 << 20  // before it has let us in; a PostgreSQL says a few thousand
	mostSession = 64 << 20 // after that, over one connection to another server
)

var errBabble = errors.New("the server sends more than PostgreSQL does")

// bound bounds what is read over the connections of a configuration. Our own
// server may answer at any length once it has let us in.
func bound(config *pgx.ConnConfig, own bool) {
	config.MaxProtocolMessageBodyLen = mostMessage
	var last *boundedConn // pgx makes one connection after another
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		last = &boundedConn{Conn: conn, left: mostLogin}
		return last, nil
	}
	config.AfterConnect = func(context.Context, *pgconn.PgConn) error {
		last.left, last.unbounded = mostSession, own
		return nil
	}
	if own {
		config.MaxProtocolMessageBodyLen = mostOwn
	}
}

// A boundedConn reads no more than what is left.
type boundedConn struct {
	net.Conn
	left      int
	unbounded bool
}

func (c *boundedConn) Read(into []byte) (int, error) {
	if c.unbounded {
		return c.Conn.Read(into)
	}
	if c.left <= 0 {
		return 0, errBabble
	}
	n, err := c.Conn.Read(into[:min(len(into), c.left)])
	c.left -= n
	return n, err
}
