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

// Fingerprint compares local WAL of a timeline, from start on, byte by byte
// with what the server has there. Two servers of one timeline may have parted:
// nothing but the bytes tells. It moves what is compared and little more.
func (s *Session) Fingerprint(ctx context.Context, t pg.Timeline, start pg.LSN, local []byte, segmentSize uint64) (found pg.WALComparison, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		limit, _, err := endOfTimeline(ctx, conn, t)
		if err != nil {
			return err
		}
		c := comparison{timeline: t, start: start, local: local, limit: limit}
		found, err = c.run(ctx, conn)
		lastFile := (start + pg.LSN(len(local))) / pg.LSN(segmentSize) * pg.LSN(segmentSize)
		if removed(err) && start < lastFile { // a standby needs no more than the file that WAL ends in
			c.start, c.local = lastFile, local[lastFile-start:]
			found, err = c.run(ctx, conn)
		}
		if removed(err) {
			found, err = pg.WALComparison{Match: pg.GoneWAL, At: c.start}, nil
		}
		return err
	})
	return found, err
}

// HasWAL says whether a standby that ends at an LSN could go on from there: it
// asks for the file that holds it, as a walreceiver does.
func (s *Session) HasWAL(ctx context.Context, t pg.Timeline, at pg.LSN) (supply pg.WALSupply, err error) {
	err = s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		limit, been, err := endOfTimeline(ctx, conn, t)
		switch {
		case err != nil:
			return err
		case !been:
			supply = pg.WALElsewhere
			return nil
		case at > limit:
			supply = pg.WALAhead
			return nil
		}
		settings, err := askAll(ctx, conn, shows([]string{"wal_segment_size"})...)
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
		if removed(err) {
			supply, err = pg.WALGone, nil
		}
		return err
	})
	return supply, err
}

func removed(err error) bool { return sqlstate(err) == "58P01" }

// endOfTimeline is how far a server has WAL of a timeline: to where it left
// it, or to where it has flushed its own. Where it has never been on it, there
// is no end, and the server will say so itself.
func endOfTimeline(ctx context.Context, conn *pgconn.PgConn, t pg.Timeline) (end pg.LSN, been bool, err error) {
	server, err := whereabouts(ctx, conn)
	if err != nil || server.Timeline == t {
		return server.LSN, true, err
	}
	if server.Timeline > t {
		history, err := timelineHistory(ctx, conn, server.Timeline)
		if end, been = history.EndOf(t); err != nil || been {
			return end, been, err
		}
	}
	return math.MaxUint64, false, nil
}

// A comparison is one START_REPLICATION.
type comparison struct {
	timeline pg.Timeline
	start    pg.LSN
	local    []byte
	limit    pg.LSN // the server has no more

	at      pg.LSN // received so far
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
			enough = c.enough()
		case *pgproto3.CopyData:
			if ended {
				continue // was on its way
			}
			if err := c.take(message.Data); err != nil {
				return err
			}
			enough = c.enough()
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

// enough also asks for the byte behind the end, where there is one and nothing
// to compare: its file may be gone.
func (c *comparison) enough() bool {
	end := c.start + pg.LSN(max(len(c.local), 1))
	return c.differs || c.at >= min(end, c.limit)
}

// take compares a message of WAL: 'w', where it begins, where the server's WAL
// ends, a time, and the bytes.
func (c *comparison) take(message []byte) error {
	const header = 1 + 8 + 8 + 8
	if len(message) < header || message[0] != 'w' {
		return nil // a keepalive; the answer can wait, we are about to leave
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
