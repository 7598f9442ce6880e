package pgsql

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"pgreplica/entrypoint/pg"
)

// Fingerprint compares local, the WAL of a timeline from start on, byte by byte
// with the WAL that the server has there. Two servers on one timeline may have
// diverged, and only the bytes show it. The server sends what is compared and
// little more. segmentSize is that of a WAL file, in bytes.
func (s *Session) Fingerprint(ctx context.Context, t pg.Timeline, start pg.LSN, local []byte, segmentSize uint64) (found pg.WALComparison, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		limit, _, err := endOfTimeline(ctx, conn, t)
		if err != nil {
			return err
		}
		c := comparison{timeline: t, start: start, local: local, limit: limit}
		found, err = c.run(ctx, conn)
		lastFile := (start + pg.LSN(len(local))) / pg.LSN(segmentSize) * pg.LSN(segmentSize)
		if isWALRemoved(err) && start < lastFile { // a standby needs no more than the file that WAL ends in
			c.start, c.local = lastFile, local[lastFile-start:]
			found, err = c.run(ctx, conn)
		}
		if isWALRemoved(err) {
			found, err = pg.WALComparison{Match: pg.GoneWAL, At: c.start}, nil
		}
		return err
	})
	return found, err
}

// HasWAL says whether a standby whose WAL ends at an LSN of a timeline could go
// on from there: it asks the server for the WAL file with this LSN, from its
// beginning, as a walreceiver does.
func (s *Session) HasWAL(ctx context.Context, t pg.Timeline, at pg.LSN) (supply pg.WALSupply, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		limit, visited, err := endOfTimeline(ctx, conn, t)
		switch {
		case err != nil:
			return err
		case !visited:
			supply = pg.WALElsewhere
			return nil
		case at > limit:
			supply = pg.WALAhead
			return nil
		}
		settings, err := askAll(ctx, conn, showCommands([]string{"wal_segment_size"})...)
		if err != nil {
			return err
		}
		size, known := readSettings([]string{"wal_segment_size"}, settings).Bytes("wal_segment_size")
		if !known || size <= 0 {
			return errors.New("SHOW wal_segment_size: no size")
		}
		c := comparison{timeline: t, start: at - at%pg.LSN(size), limit: limit}
		_, err = c.run(ctx, conn)
		supply = pg.WALThere
		if isWALRemoved(err) {
			supply, err = pg.WALGone, nil
		}
		return err
	})
	return supply, err
}

// isWALRemoved is true where the server has no file with the requested WAL any
// more.
func isWALRemoved(err error) bool { return sqlstate(err) == "58P01" }

// endOfTimeline is where a server's WAL of a timeline ends: where it left the
// timeline, or how far it has flushed its current one. visited is false where
// it has never been on the timeline; then the end is the highest LSN, so that
// the server itself refuses the request.
func endOfTimeline(ctx context.Context, conn *pgconn.PgConn, t pg.Timeline) (end pg.LSN, visited bool, err error) {
	server, err := askPosition(ctx, conn)
	if err != nil || server.Timeline == t {
		return server.LSN, true, err
	}
	if server.Timeline > t {
		history, err := timelineHistory(ctx, conn, server.Timeline)
		if end, visited = history.EndOf(t); err != nil || visited {
			return end, visited, err
		}
	}
	return math.MaxUint64, false, nil
}

// A comparison is one START_REPLICATION, compared with local WAL.
type comparison struct {
	timeline pg.Timeline
	start    pg.LSN
	local    []byte
	limit    pg.LSN // where the server's WAL of the timeline ends

	at      pg.LSN // received up to here, or the first byte that differs
	differs bool
}

func (c *comparison) run(ctx context.Context, conn *pgconn.PgConn) (pg.WALComparison, error) {
	if c.limit < c.start {
		return pg.WALComparison{Match: pg.AheadWAL, At: c.limit}, nil
	}
	c.at = c.start
	if err := c.receive(ctx, conn); err != nil {
		return pg.WALComparison{}, err
	}
	end := c.start + pg.LSN(len(c.local))
	found := pg.WALComparison{Match: pg.SameWAL, At: min(c.at, end)}
	found.Compared = int(found.At - c.start)
	switch {
	case c.differs:
		found.Match = pg.OtherWAL
	case c.at < end:
		found.Match = pg.AheadWAL
	}
	return found, nil
}

// receive asks for WAL up to the end of what is compared, then ends the copy
// and waits until the server has ended it too.
func (c *comparison) receive(ctx context.Context, conn *pgconn.PgConn) error {
	command := fmt.Sprintf("START_REPLICATION PHYSICAL %s TIMELINE %d", c.start, c.timeline)
	if err := send(conn, &pgproto3.Query{String: command}); err != nil {
		return err
	}
	var refused error
	for ended := false; ; {
		message, err := conn.ReceiveMessage(ctx)
		if err != nil {
			return err
		}
		enough := false
		switch message := message.(type) {
		case *pgproto3.CopyBothResponse:
			enough = c.hasEnough()
		case *pgproto3.CopyData:
			if ended {
				continue // it was on its way already
			}
			if err := c.compare(message.Data); err != nil {
				return err
			}
			enough = c.hasEnough()
		case *pgproto3.CopyDone: // the server has left the timeline here
			enough = true
		case *pgproto3.ErrorResponse:
			if !ended {
				refused = pgconn.ErrorResponseToPgError(message)
			}
		case *pgproto3.ReadyForQuery:
			return refused
		}
		if enough && !ended {
			ended = true
			if err := send(conn, &pgproto3.CopyDone{}); err != nil {
				return err
			}
		}
	}
}

// hasEnough says whether the copy can end. With nothing to compare it waits for
// one byte, where the server has one: the file with that byte may be gone.
func (c *comparison) hasEnough() bool {
	end := c.start + pg.LSN(max(len(c.local), 1))
	return c.differs || c.at >= min(end, c.limit)
}

// compare compares a message of WAL with local. The message is 'w', the LSN
// where its WAL begins, the end of the server's WAL, a time, and the bytes.
func (c *comparison) compare(message []byte) error {
	const header = 1 + 8 + 8 + 8
	if len(message) < header || message[0] != 'w' {
		return nil // a keepalive, which needs no answer: the copy ends soon
	}
	if from := pg.LSN(binary.BigEndian.Uint64(message[1:])); from != c.at {
		return errors.New("START_REPLICATION: the server sends WAL from " + from.String() + " instead of " + c.at.String())
	}
	got, want := message[header:], c.local[min(int(c.at-c.start), len(c.local)):]
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			c.at += pg.LSN(i)
			c.differs = true
			return nil
		}
	}
	c.at += pg.LSN(len(got))
	return nil
}
