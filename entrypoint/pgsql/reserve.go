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
// read from, or sees that the one that exists can be used. A slot that lost
// its WAL is made anew: a copy begins with the WAL of now. 13 and 14 do not
// tell of the loss; there the base backup's own stream revives the slot.
func Reserve(ctx context.Context, u Upstream, slot string) error {
	return u.withSlot(ctx, slot, reserve)
}

// Keep makes the slot of a standby that has its data already, where somebody
// dropped it. A slot that lost its WAL stays: a new one would not bring it back.
func Keep(ctx context.Context, u Upstream, slot string) error {
	return u.withSlot(ctx, slot, func(ctx context.Context, conn *pgconn.PgConn, slot string) error {
		err := try(ctx, conn, slot)
		if sqlstate(err) == "42704" {
			return create(ctx, conn, slot)
		}
		return err
	})
}

func (u Upstream) withSlot(ctx context.Context, slot string, act func(context.Context, *pgconn.PgConn, string) error) error {
	if err := pg.CheckSlotName(slot); err != nil {
		return &Failure{err.Error(), "Give MASTER_SLOT a name of lower-case letters, digits and _.", Permanent, err, false}
	}
	conn, err := u.replicate(ctx)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	err = act(ctx, conn, slot)
	if f := u.explainSlot(err, slot); f != nil {
		return f
	}
	return u.explain(err)
}

func reserve(ctx context.Context, conn *pgconn.PgConn, slot string) error {
	err := create(ctx, conn, slot)
	if sqlstate(err) != "42710" {
		return err
	}
	if major(conn) >= 15 {
		row, err := ask(ctx, conn, "READ_REPLICATION_SLOT "+QuoteIdent(slot))
		if err != nil {
			return err
		}
		if len(row) == 3 && row[0] == "physical" && row[1] == "" {
			if _, err := ask(ctx, conn, "DROP_REPLICATION_SLOT "+QuoteIdent(slot)); err != nil {
				return err
			}
			return create(ctx, conn, slot)
		}
	}
	return try(ctx, conn, slot)
}

func create(ctx context.Context, conn *pgconn.PgConn, slot string) error {
	_, err := ask(ctx, conn, "CREATE_REPLICATION_SLOT "+QuoteIdent(slot)+" PHYSICAL RESERVE_WAL")
	return err
}

// try streams from the slot and ends that at once. It is the one way to learn,
// without SQL, that another standby uses the slot.
func try(ctx context.Context, conn *pgconn.PgConn, slot string) error {
	server, err := identify(ctx, conn)
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

func send(conn *pgconn.PgConn, message pgproto3.FrontendMessage) error {
	conn.Frontend().Send(message)
	return conn.Frontend().Flush()
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
			fmt.Sprintf("slot %q is in use on %s: do two standbys share MASTER_SLOT?", slot, u.address()),
			"Give each standby a MASTER_SLOT of its own. A connection that broke frees the slot within wal_sender_timeout. Who uses it: " +
				onPrimary(`SELECT application_name, client_addr FROM pg_stat_replication JOIN pg_replication_slots ON pid = active_pid WHERE slot_name = '`+slot+`'`),
			Transient, answer, false,
		}
	case "53400":
		return &Failure{
			"all replication slots are in use on " + u.address(),
			"Raise max_replication_slots on the primary and restart it, or drop a slot that nobody needs: " +
				onPrimary("SELECT slot_name, restart_lsn FROM pg_replication_slots WHERE NOT active") + " and then pg_drop_replication_slot",
			Permanent, answer, false,
		}
	case "0A000", "55000":
		return &Failure{
			fmt.Sprintf("slot %q on %s cannot serve a standby: %s", slot, u.address(), said(answer)),
			"Set MASTER_SLOT to a name that is not a logical slot's: " + onPrimary("SELECT slot_name, slot_type FROM pg_replication_slots"),
			Permanent, answer, false,
		}
	}
	return nil
}
