package pgsql

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"pgreplica/entrypoint/pg"
)

func TestASlotIsMadeOrReusedOrRefused(t *testing.T) {
	server := startServer(t, []string{everybody}, "max_replication_slots=4", "wal_level=logical", "max_wal_senders=4")
	server.makeRole(t, "r", "secret")
	u := server.upstream("r", "secret")
	conn := server.connect(t)
	session := open(t, u)
	reserve := func(slot string) error {
		_, err := session.Reserve(within(t, 5*time.Second), slot)
		return err
	}
	find := func(name string) pg.Slot {
		t.Helper()
		all, err := Slots(context.Background(), conn)
		if err != nil {
			t.Fatal(err)
		}
		for _, slot := range all {
			if slot.Name == name {
				return slot
			}
		}
		t.Fatalf("there is no slot %q in %v", name, all)
		return pg.Slot{}
	}

	if err := reserve("1st"); err != nil {
		t.Fatalf("absent: %v", err)
	}
	made := find("1st")
	if made.RestartLSN == 0 || made.Active || made.WALStatus != "reserved" {
		t.Errorf("absent: got %+v, want WAL reserved", made)
	}
	server.sql(t, "SELECT pg_switch_wal()")
	if err := reserve("1st"); err != nil {
		t.Fatalf("inactive: %v", err)
	}
	if got := find("1st"); got.RestartLSN != made.RestartLSN || got.Active || got.Kept == 0 {
		t.Errorf("inactive: got %+v, want it as it was: %+v", got, made)
	}

	server.sql(t, "SELECT pg_create_physical_replication_slot('lost')") // reserves nothing, as one that lost its WAL
	if err := reserve("lost"); err != nil {
		t.Fatalf("lost: %v", err)
	}
	if got := find("lost"); got.RestartLSN == 0 && server.major(t) >= 15 {
		t.Errorf("lost: got %+v, want it made anew", got)
	}

	server.sql(t, "SELECT pg_create_logical_replication_slot('logical', 'pgoutput')")
	check(t, "logical", reserve("logical"), Permanent, 78, `slot "logical" on `+u.address()+" cannot serve a standby", "slot_type")
	check(t, "name", reserve("Not-A-Name"), Permanent, 78, "a slot's name has only", "MASTER_SLOT")

	server.sql(t, "SELECT pg_create_physical_replication_slot('last')")
	check(t, "full", reserve("another"), Slow, 78, "all replication slots are in use", "max_replication_slots")

	hold(t, u, "1st")
	check(t, "active", reserve("1st"), Transient, 69, `slot "1st" is in use on `+u.address()+": do two standbys share MASTER_SLOT?", `slot_name = '\''1st'\'`)
	if got := find("1st"); !got.Active {
		t.Errorf("active: got %+v, want its user undisturbed", got)
	}
	session.Close()
	followers, err := Standbys(context.Background(), conn)
	if err != nil || len(followers) != 1 || followers[0].Name != "a_standby" || followers[0].Slot != "1st" || followers[0].Addr != "127.0.0.1" {
		t.Errorf("got followers %+v (%v)", followers, err)
	}
}

// 13 and 14 cannot read a slot: the only way that they leave works everywhere.
func TestAStandbysSlotIsKeptAsItIs(t *testing.T) {
	server := startServer(t, []string{everybody}, "max_replication_slots=4", "wal_level=replica", "max_wal_senders=4")
	server.makeRole(t, "r", "secret")
	u := server.upstream("r", "secret")
	conn := server.connect(t)
	server.sql(t, "SELECT pg_create_physical_replication_slot('lost')") // reserves nothing, as one that lost its WAL
	session := open(t, u)
	if err := session.Keep(within(t, 5*time.Second), "dropped"); err != nil {
		t.Errorf("dropped: %v", err)
	}
	if err := session.Keep(within(t, 5*time.Second), "lost"); server.major(t) >= 15 {
		check(t, "lost", err, Permanent, 78, `slot "lost" on `+u.address()+" holds no WAL", "slots drop")
	} else if err != nil {
		t.Errorf("lost: %v", err)
	}
	all, err := Slots(context.Background(), conn)
	if err != nil || len(all) != 2 {
		t.Fatalf("got %v, %v, want both slots", all, err)
	}
	if dropped, lost := all[0], all[1]; dropped.RestartLSN == 0 || lost.RestartLSN != 0 {
		t.Errorf("got %+v and %+v, want the dropped one made and the lost one as it was", dropped, lost)
	}
}

func TestASlotIsTriedWithoutBeingRead(t *testing.T) {
	server := startServer(t, []string{everybody}, "wal_level=logical")
	server.makeRole(t, "r", "secret")
	u := server.upstream("r", "secret")
	server.sql(t, "SELECT pg_create_physical_replication_slot('free', true)", "SELECT pg_create_physical_replication_slot('busy', true)",
		"SELECT pg_create_logical_replication_slot('logical', 'pgoutput')")
	hold(t, u, "busy")
	attempt := func(slot string) error {
		conn, err := u.connectReplication(within(t, 5*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		defer hangUp(conn)
		return trySlot(within(t, 5*time.Second), conn, slot)
	}
	for range 3 { // the slot is free again as soon as the trial is over
		if err := attempt("free"); err != nil {
			t.Errorf("free: %v", err)
		}
	}
	if err := attempt("busy"); sqlstate(err) != "55006" {
		t.Errorf("busy: got %v", err)
	}
	if err := attempt("logical"); sqlstate(err) != "55000" {
		t.Errorf("logical: got %v", err)
	}
}

func TestAServerWithoutWalsendersIsNamed(t *testing.T) {
	server := startServer(t, []string{everybody}, "max_wal_senders=0", "wal_level=minimal")
	server.makeRole(t, "r", "secret")
	u := server.upstream("r", "secret")
	_, err := Identify(within(t, 5*time.Second), u)
	check(t, "none", err, Slow, 78, u.address()+" is not set up for replication", "wal_level = replica")
}

func TestWalsendersInUseAreWaitedFor(t *testing.T) {
	server := startServer(t, []string{everybody}, "max_wal_senders=1")
	server.makeRole(t, "r", "secret")
	u := server.upstream("r", "secret")
	conn, err := u.connectReplication(within(t, 5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer hangUp(conn)
	_, err = Identify(within(t, 5*time.Second), u)
	check(t, "1st", err, Slow, 78, u.address()+" has no walsender left", "max_wal_senders")
}

// hold streams from a slot until the test ends, as another standby would.
func hold(t *testing.T, u Upstream, slot string) {
	t.Helper()
	conn, err := u.connectReplication(within(t, 5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Conn().Close() })
	server, err := identify(within(t, 5*time.Second), conn)
	if err != nil {
		t.Fatal(err)
	}
	if err := send(conn, &pgproto3.Query{String: "START_REPLICATION SLOT " + QuoteIdent(slot) + " PHYSICAL " + server.LSN.String()}); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ReceiveMessage(within(t, 5*time.Second)); err != nil {
		t.Fatal(err)
	}
}

func (s *server) major(t *testing.T) int {
	t.Helper()
	health, err := Look(context.Background(), s.connect(t))
	if err != nil {
		t.Fatal(err)
	}
	return health.Major
}
