package pgsql

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"pgreplica/entrypoint/pg"
)

// Reserve creates the physical slot that a base backup and then the standby
// read from. Where the slot exists, found is true, and Reserve checks that it
// can be used. A slot that lost its WAL is dropped and created again, because a
// base backup needs only the WAL from now on. 13 and 14 do not report the loss;
// there the base backup's own stream makes the slot usable again.
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
		return trySlot(ctx, conn, slot)
	})
	return found, err
}

// Keep creates the slot of a standby that has its data already, where the slot
// was dropped, and checks it where it exists. A slot that lost its WAL stays,
// because a new one would not bring the WAL back; from 15 on, which report the
// loss, that is a *Failure.
func (s *Session) Keep(ctx context.Context, slot string) error {
	return s.withSlot(ctx, slot, func(ctx context.Context, conn *pgconn.PgConn) error {
		state, _, err := readSlot(ctx, conn, slot)
		if err != nil {
			return err
		}
		if state != pg.SlotAbsent {
			err = trySlot(ctx, conn, slot)
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
	err := s.withSlot(ctx, slot, func(ctx context.Context, conn *pgconn.PgConn) error { return trySlot(ctx, conn, slot) })
	if IDOf(err) != "slot-active" {
		return nil
	}
	return FaultOf(err)
}

// ReadSlot is the state of a slot on the server, and the LSN from which on it
// holds WAL. 13 and 14 do not say: the state is pg.SlotUnknown.
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

// withSlot runs act, and explains the errors that only slots have.
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

// logicalSlot is the SQLSTATE that READ_REPLICATION_SLOT answers for a logical
// slot.
const logicalSlot = "0A000"

func readSlot(ctx context.Context, conn *pgconn.PgConn, slot string) (state pg.SlotState, from pg.LSN, err error) {
	if major(conn) < readsSlots {
		return pg.SlotUnknown, 0, nil
	}
	row, err := ask(ctx, conn, "READ_REPLICATION_SLOT "+QuoteIdent(slot))
	if row, err = (answer{row, err}).firstRow("READ_REPLICATION_SLOT", 2); err != nil {
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

// trySlot starts to stream from the slot and stops at once. Without SQL this is
// the only way to learn that another standby uses the slot.
func trySlot(ctx context.Context, conn *pgconn.PgConn, slot string) error {
	server, err := askPosition(ctx, conn)
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
