package pgsql

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
)

// A Link says how an open session is connected to its server.
type Link struct {
	Encrypted bool
	Public    bool // the server's address is not in a private network
}

// Link describes the session's connection; it is zero where none is open.
func (s *Session) Link() (link Link) {
	if s.conn == nil {
		return link
	}
	_, link.Encrypted = s.conn.Conn().(*tls.Conn)
	if address, ok := s.conn.Conn().RemoteAddr().(*net.TCPAddr); ok {
		ip := address.IP
		link.Public = !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast()
	}
	return link
}

// DataBytes is the size, in bytes, of the databases that the role may connect
// to. It takes an ordinary connection to the first of databases that can be
// opened, which the server may refuse to a replication role.
func DataBytes(ctx context.Context, u Upstream, databases ...string) (bytes int64, err error) {
	for _, database := range databases {
		bytes, err = dataBytes(ctx, u, database)
		if !isDatabaseClosed(err) {
			break
		}
	}
	return bytes, err
}

func dataBytes(ctx context.Context, u Upstream, database string) (bytes int64, err error) {
	config, err := u.config()
	if err != nil {
		return 0, u.explain(err)
	}
	config.Database, config.ConnectTimeout = database, time.Second
	askSimply(config)
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return 0, u.explain(err)
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, "SELECT sum(pg_database_size(oid))::bigint FROM pg_database WHERE has_database_privilege(oid, 'CONNECT')").Scan(&bytes)
	return bytes, u.explain(err)
}
