package pgsql

import (
	"context"
	"errors"
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
		return &Failure{"slot-name", err.Error(), "Give MASTER_SLOT a name of lower-case letters, digits and _.", Permanent, err, false}
	}
	return s.do(ctx, func(ctx context.Context, conn *pgconn.PgConn) error {
		err := act(ctx, conn)
		if f := s.upstream.explainSlot(err, slot); f != nil {
			return f
		}
		return err
	})
}

// logicalSlot is what READ_REPLICATION_SLOT answers for one.
const logicalSlot = "0A000"

func readSlot(ctx context.Context, conn *pgconn.PgConn, slot string) (state pg.SlotState, from pg.LSN, err error) {
	if major(conn) < 15 {
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

// explainSlot knows the failures that only slots have; nil for any other.
func (u Upstream) explainSlot(err error, slot string) error {
	answer, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return nil
	}
	switch answer.Code {
	case "55006":
		return &Failure{
			"slot-active", fmt.Sprintf("slot %q is in use on %s: do two standbys share MASTER_SLOT?", slot, u.address()),
			"Give each standby a MASTER_SLOT of its own. A connection that broke frees the slot within wal_sender_timeout. Who uses it: " +
				onPrimary(`SELECT application_name, client_addr FROM pg_stat_replication JOIN pg_replication_slots ON pid = active_pid WHERE slot_name = '`+slot+`'`),
			Transient, answer, false,
		}
	case "53400":
		return &Failure{
			"slots-full", "all replication slots are in use on " + u.address(),
			"Raise max_replication_slots on the primary and restart it, or drop a slot that nobody needs: " +
				onPrimary("SELECT slot_name, restart_lsn FROM pg_replication_slots WHERE NOT active") + " and then pg_drop_replication_slot",
			Permanent, answer, false,
		}
	case "0A000", "55000":
		return &Failure{
			"slot-logical", fmt.Sprintf("slot %q on %s cannot serve a standby: %s", slot, u.address(), said(answer)),
			"Set MASTER_SLOT to a name that is not a logical slot's: " + onPrimary("SELECT slot_name, slot_type FROM pg_replication_slots"),
			Permanent, answer, false,
		}
	}
	return nil
}

func (u Upstream) lostSlot(slot string) *Failure {
	return &Failure{
		"slot-lost", fmt.Sprintf("slot %q on %s holds no WAL: the standby fell behind by more than max_slot_wal_keep_size, or has never used it", slot, u.address()),
		"If the standby does not stream, it must be copied anew, from an empty volume. If it streams and the slot stays lost, drop it, and the next start makes it anew: " +
			onPrimary("SELECT pg_drop_replication_slot("+QuoteLiteral(slot)+")"),
		Permanent, nil, false,
	}
}
