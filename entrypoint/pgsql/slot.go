package pgsql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"pgreplica/entrypoint/pg"
)

// slotInUse is the failure of a slot that is in use, with the user's address
// where it can be known.
func (s *Session) slotInUse(ctx context.Context, cause error, slot string) *Failure {
	if s.holder == nil {
		holder := s.upstream.holderOf(ctx, slot)
		s.holder = &holder
	}
	return fail("slot-active", fmt.Sprintf("slot %q is in use on %s%s", slot, s.upstream.address(), *s.holder),
		"Give each standby a MASTER_SLOT of its own. A connection that broke frees the slot within wal_sender_timeout. Who uses it: "+
			pg.Master.Psql("SELECT application_name, client_addr FROM pg_stat_replication JOIN pg_replication_slots ON pid = active_pid WHERE slot_name = "+QuoteLiteral(slot)),
		Transient, cause)
}

// holderLimit bounds the question who uses a slot, which only makes a message
// better.
const holderLimit = time.Second

const holderQuery = `
SELECT coalesce(host(client_addr), ''), coalesce(client_addr = inet_client_addr(), false)
FROM pg_stat_activity JOIN pg_replication_slots ON pid = active_pid
WHERE slot_name = `

// holderOf says who uses a slot, as the end of a sentence. Each standby logs in
// as the same role, and a role may read its own connections in any database
// that lets it in. application_name would not help: it is the name of the slot
// on each standby.
func (u Upstream) holderOf(ctx context.Context, slot string) string {
	const unknown = ": do two standbys share MASTER_SLOT?"
	limited, cancel := context.WithTimeout(ctx, holderLimit)
	defer cancel()
	config, err := u.config()
	if err != nil {
		return unknown
	}
	config.Database = "postgres"
	conn, err := pgconn.ConnectConfig(limited, &config.Config)
	if isDatabaseClosed(err) {
		config.Database = "template1"
		conn, err = pgconn.ConnectConfig(limited, &config.Config)
	}
	if err != nil {
		return unknown
	}
	defer conn.Close(limited)
	row, err := ask(limited, conn, holderQuery+QuoteLiteral(slot))
	switch {
	case err != nil || len(row) < 2 || row[0] == "":
		return unknown
	case row[1] == "t":
		return " by another connection from this address, perhaps our own that broke"
	}
	return " by another standby, from " + row[0]
}

var moreSlots = pg.Master.Psql("ALTER SYSTEM SET max_replication_slots = 20") + " && " + pg.Master.Restart()

// explainSlot explains the errors that only slots have; nil for any other.
func (u Upstream) explainSlot(err error, slot string) error {
	answer, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return nil
	}
	switch answer.Code {
	case "53400":
		return fail("slots-full", "all replication slots are in use on "+u.address(),
			"Drop one that nobody needs, with slots drop NAME: "+pg.Master.Exec("pgreplica slots")+". Or raise their number: "+moreSlots,
			Slow, answer)
	case "0A000", "55000":
		return fail("slot-logical", fmt.Sprintf("slot %q on %s cannot serve a standby: %s", slot, u.address(), answerText(answer)),
			"Set MASTER_SLOT to a name that is not a logical slot's: "+pg.Master.Psql("SELECT slot_name, slot_type FROM pg_replication_slots"),
			Permanent, answer)
	}
	return nil
}

func (u Upstream) lostSlot(slot string) *Failure {
	return fail("slot-lost", fmt.Sprintf("slot %q on %s holds no WAL: the standby fell behind by more than max_slot_wal_keep_size, or has never used it", slot, u.address()),
		"If the standby neither streams nor replays from an archive, it must be copied anew, from an empty volume. If it does and the slot stays lost, drop it, and the next start makes it anew: "+
			pg.Master.Exec("pgreplica slots drop "+slot),
		Permanent, nil)
}
