package pgsql

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"pgreplica/entrypoint/pg"
)

// Reserve makes the physical slot that a base backup and then the standby
// read from, or sees that the one that exists can be used; found says which. A
// slot that lost its WAL is made anew: a copy begins with the WAL of now. 13
// and 14 do not tell of the loss; there the base backup's own stream revives
// the slot.
func (s *Session) Reserve(ctx context.Context, slot string) (found bool, err error) {
	err = s.withSlot(ctx, slot, func(ctx context.Context, conn *pgconn.PgConn) error {
		err := create(ctx, conn, slot)
		if found = sqlstate(err) == "42710"; !found {
			return err
		}
		state, _, err := readSlot(ctx, conn, slot)
		switch {
		case err != nil:
			return err
		case state == pg.SlotLost:
			return recreate(ctx, conn, slot)
		}
		return try(ctx, conn, slot)
	})
	return found, err
}

// Keep makes the slot of a standby that has its data already, where somebody
// dropped it. A slot that lost its WAL stays, and from 15 on, which tell of it,
// is a *Failure: a new one would not bring the WAL back.
func (s *Session) Keep(ctx context.Context, slot string) error {
	return s.withSlot(ctx, slot, func(ctx context.Context, conn *pgconn.PgConn) error {
		state, _, err := readSlot(ctx, conn, slot)
		if err != nil {
			return err
		}
		if state != pg.SlotAbsent {
			err = try(ctx, conn, slot)
		}
		switch {
		case state == pg.SlotAbsent, sqlstate(err) == "42704":
			return create(ctx, conn, slot)
		case err == nil && state == pg.SlotLost, sqlstate(err) == "55000" && state != pg.SlotUnknown:
			return s.upstream.lostSlot(slot) // 18 and later refuse an invalidated one
		}
		return err
	})
}

// UserOf is why a slot cannot be read from where another connection reads from it; nil
// where none does. It takes the slot for a moment where it is free.
func (s *Session) UserOf(ctx context.Context, slot string) *pg.Fault {
	err := s.withSlot(ctx, slot, func(ctx context.Context, conn *pgconn.PgConn) error { return try(ctx, conn, slot) })
	if IDOf(err) != "slot-active" {
		return nil
	}
	return FaultOf(err)
}

// ReadSlot tells what a server says of a slot, and from where on it holds WAL
// back. 13 and 14 say nothing.
func (s *Session) ReadSlot(ctx context.Context, slot string) (state pg.SlotState, from pg.LSN, err error) {
	err = s.withSlot(ctx, slot, func(ctx context.Context, conn *pgconn.PgConn) error {
		state, from, err = readSlot(ctx, conn, slot)
		if sqlstate(err) == logicalSlot {
			state, err = pg.SlotLogical, nil
		}
		return err
	})
	return state, from, err
}

func (s *Session) withSlot(ctx context.Context, slot string, act func(context.Context, *pgconn.PgConn) error) error {
	if err := pg.CheckSlotName(slot); err != nil {
		return fail("slot-name", err.Error(), "Give MASTER_SLOT a name of lower-case letters, digits and _.", Permanent, err)
	}
	return s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		err := act(ctx, conn)
		if sqlstate(err) == "55006" {
			return s.slotInUse(ctx, err, slot)
		}
		if f := s.upstream.explainSlot(err, slot); f != nil {
			return f
		}
		return err
	})
}

// logicalSlot is what READ_REPLICATION_SLOT answers for one.
const logicalSlot = "0A000"

func readSlot(ctx context.Context, conn *pgconn.PgConn, slot string) (state pg.SlotState, from pg.LSN, err error) {
	if major(conn) < readsSlots {
		return pg.SlotUnknown, 0, nil
	}
	row, err := ask(ctx, conn, "READ_REPLICATION_SLOT "+QuoteIdent(slot))
	if row, err = (answer{row, err}).one("READ_REPLICATION_SLOT", 2); err != nil {
		return pg.SlotUnknown, 0, err
	}
	switch {
	case row[0] == "":
		return pg.SlotAbsent, 0, nil
	case row[1] == "":
		return pg.SlotLost, 0, nil
	}
	from, err = pg.ParseLSN(row[1])
	return pg.SlotHolds, from, err
}

func recreate(ctx context.Context, conn *pgconn.PgConn, slot string) error {
	if _, err := ask(ctx, conn, "DROP_REPLICATION_SLOT "+QuoteIdent(slot)); err != nil {
		return err
	}
	return create(ctx, conn, slot)
}

func create(ctx context.Context, conn *pgconn.PgConn, slot string) error {
	_, err := ask(ctx, conn, "CREATE_REPLICATION_SLOT "+QuoteIdent(slot)+" PHYSICAL RESERVE_WAL")
	return err
}

// try streams from the slot and ends that at once. It is the one way to learn,
// without SQL, that another standby uses the slot.
func try(ctx context.Context, conn *pgconn.PgConn, slot string) error {
	server, err := whereabouts(ctx, conn)
	if err != nil {
		return err
	}
	command := fmt.Sprintf("START_REPLICATION SLOT %s PHYSICAL %s", QuoteIdent(slot), server.LSN)
	if err := send(conn, &pgproto3.Query{String: command}); err != nil {
		return err
	}
	var refused error
	for {
		message, err := conn.ReceiveMessage(ctx)
		if err != nil {
			return err
		}
		switch message := message.(type) {
		case *pgproto3.CopyBothResponse:
			if err := send(conn, &pgproto3.CopyDone{}); err != nil {
				return err
			}
		case *pgproto3.ErrorResponse:
			refused = pgconn.ErrorResponseToPgError(message)
		case *pgproto3.ReadyForQuery:
			return refused
		}
	}
}
