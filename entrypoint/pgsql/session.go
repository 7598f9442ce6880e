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
// server's max_wal_senders. A connection that broke is made anew at the next
// question, so a session may be kept through any wait.
type Session struct {
	upstream Upstream
	conn     *pgconn.PgConn // nil where the next question has to connect
	holder   *string        // who uses the slot, once that was asked
}

// Open connects. ctx bounds the attempt alone.
func Open(ctx context.Context, u Upstream) (*Session, error) {
	s := NewSession(u)
	return s, s.do(ctx, func(context.Context, *pgconn.PgConn) error { return nil })
}

// NewSession connects at the first question.
func NewSession(u Upstream) *Session { return &Session{upstream: u} }

// Close hangs up and waits, a second at most, until the server has let go.
// Another question would connect again.
func (s *Session) Close() {
	if s.conn != nil {
		hangUp(s.conn)
		s.conn = nil
	}
}

// do asks a question. Where a connection that was kept turns out to be dead,
// for the server may have ended an idle one, it connects again and repeats it.
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
		conn, err := s.upstream.replicate(ctx)
		if err != nil {
			return err
		}
		s.conn = conn
	}
	err := question(ctx, s.conn)
	if !usable(s.conn, err) {
		s.conn.Conn().Close()
		s.conn = nil
	}
	return err
}

// usable says whether a connection is ready for another question: an answer,
// be it a refusal, leaves it so; anything else may have ended in the middle.
func usable(conn *pgconn.PgConn, err error) bool {
	_, refused := errors.AsType[*pgconn.PgError](err)
	_, explained := errors.AsType[*Failure](err)
	return !conn.IsClosed() && (err == nil || refused || explained)
}

// hangUp ends a connection and waits until the server has let go of it, and
// of its place among max_wal_senders, which pg_basebackup may need next.
func hangUp(conn *pgconn.PgConn) {
	if !conn.IsClosed() && send(conn, &pgproto3.Terminate{}) == nil {
		conn.Conn().SetReadDeadline(time.Now().Add(time.Second))
		io.Copy(io.Discard, conn.Conn())
	}
	conn.Conn().Close()
}
