package pgsql

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// A Session asks one server over one replication connection, which needs no
// database and no right but REPLICATION. While it is open it takes one of the
// server's max_wal_senders. After a connection broke, the next question
// connects again, so that a session may be kept through any wait.
type Session struct {
	upstream Upstream
	conn     *pgconn.PgConn // nil where the next question has to connect
	holder   *string        // who uses the slot, as holderOf says it; nil before that was asked
}

// Open makes a session and connects. ctx bounds only the connecting.
func Open(ctx context.Context, u Upstream) (*Session, error) {
	s := NewSession(u)
	return s, s.do(ctx, func(context.Context, *pgconn.PgConn) error { return nil })
}

// NewSession makes a session that connects at its first question.
func NewSession(u Upstream) *Session { return &Session{upstream: u} }

// Close ends the connection and waits, a second at most, until the server has
// ended it too. Another question would connect again.
func (s *Session) Close() {
	if s.conn != nil {
		hangUp(s.conn)
		s.conn = nil
	}
}

// do asks a question. Where the connection of an earlier question turns out to
// be dead, because the server has ended it for example, do connects again and
// repeats the question.
func (s *Session) do(ctx context.Context, question func(context.Context, *pgconn.PgConn) error) error {
	kept := s.conn != nil
	err := s.attempt(ctx, question)
	if kept && s.conn == nil && ctx.Err() == nil {
		err = s.attempt(ctx, question)
	}
	return s.upstream.explain(err)
}

func (s *Session) attempt(ctx context.Context, question func(context.Context, *pgconn.PgConn) error) error {
	if s.conn == nil {
		conn, err := s.upstream.connectReplication(ctx)
		if err != nil {
			return err
		}
		s.conn = conn
	}
	err := question(ctx, s.conn)
	if !isUsable(s.conn, err) {
		s.conn.Conn().Close()
		s.conn = nil
	}
	return err
}

// isUsable says whether a connection is ready for another question. After an
// answer, even a refusal, it is; after any other error a part of an answer may
// be unread.
func isUsable(conn *pgconn.PgConn, err error) bool {
	_, refused := errors.AsType[*pgconn.PgError](err)
	_, explained := errors.AsType[*Failure](err)
	return !conn.IsClosed() && (err == nil || refused || explained)
}

// hangUp ends a connection and waits until the server has ended it too: only
// then is its place among max_wal_senders free, which pg_basebackup may need
// next.
func hangUp(conn *pgconn.PgConn) {
	if !conn.IsClosed() && send(conn, &pgproto3.Terminate{}) == nil {
		conn.Conn().SetReadDeadline(time.Now().Add(time.Second))
		io.Copy(io.Discard, conn.Conn())
	}
	conn.Conn().Close()
}
