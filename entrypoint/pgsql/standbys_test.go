package pgsql

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

// slot is one slot as the superuser reads it.
func (s *server) slot(t *testing.T, name string) pg.Slot {
	t.Helper()
	slots, err := Slots(context.Background(), s.connect(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range slots {
		if slot.Name == name {
			return slot
		}
	}
	t.Fatalf("no slot %s in %+v", name, slots)
	return pg.Slot{}
}

func TestAStandbyReportsItsSlotAsThePrimaryDoes(t *testing.T) {
	primary := startServer(t, []string{everybody}, "max_slot_wal_keep_size=128MB", "wal_keep_size=16MB", "min_wal_size=32MB", "max_wal_size=32MB")
	primary.makeRole(t, "r", "secret")
	session := open(t, primary.upstream("r", "secret"))
	look := func() (pg.Slot, bool) {
		t.Helper()
		upstream, err := session.Identify(within(t, 5*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		slot, found, err := session.SlotOf(within(t, 5*time.Second), "one", upstream)
		if err != nil {
			t.Fatal(err)
		}
		return slot, found
	}
	if _, found := look(); found {
		t.Error("found a slot that nobody made")
	}
	if _, err := session.Reserve(within(t, 5*time.Second), "one"); err != nil {
		t.Fatal(err)
	}
	for range 7 {
		here := primary.slot(t, "one")
		there, found := look()
		if !found && here.WALStatus == "reserved" {
			t.Skip("13 and 14 do not report slots")
		}
		if there.RestartLSN != here.RestartLSN || there.Limit != 128<<20 || here.Limit != there.Limit || there.Kept != here.Kept || there.Left != here.Left {
			t.Errorf("the standby reports %+v, want %+v", there, here)
		}
		if here.Left <= 0 || here.Logical || here.Active {
			t.Errorf("got %+v", here)
		}
		primary.sql(t, "SELECT pg_switch_wal()", "CREATE TABLE IF NOT EXISTS t ()", "CHECKPOINT")
	}
	if slot := primary.slot(t, "one"); !slot.Scarce() {
		t.Errorf("a slot with less than a quarter of its limit left is not scarce: %+v", slot)
	}
	for range 3 {
		primary.sql(t, "SELECT pg_switch_wal()", "DROP TABLE IF EXISTS t", "CREATE TABLE t ()", "CHECKPOINT")
	}
	here := primary.slot(t, "one")
	there, found := look()
	if here.WALStatus != "lost" || here.Left != -1 || here.Kept != -1 || !found || there.WALStatus != "lost" || there.Kept != -1 {
		t.Errorf("lost: the primary says %+v, the standby reports %+v", here, there)
	}
	if err := DropSlot(context.Background(), primary.connect(t), "one"); err != nil {
		t.Error(err)
	}
	if err := DropSlot(context.Background(), primary.connect(t), "one"); err == nil || !strings.Contains(err.Error(), "drop slot one") {
		t.Errorf("a slot was dropped twice: %v", err)
	}
}

func TestABaseBackupIsNoStandby(t *testing.T) {
	primary := startServer(t, []string{everybody}, "synchronous_standby_names=one")
	primary.makeRole(t, "r", "secret")
	session := open(t, primary.upstream("r", "secret")) // only asks
	if _, err := session.Reserve(within(t, 5*time.Second), "one"); err != nil {
		t.Fatal(err)
	}
	copying := primary.command(t, "pg_basebackup", "-D", primary.dir+"/copy", "-X", "stream", "-S", "one", "--max-rate=1M", "--checkpoint=fast", "--no-sync",
		"-d", "host="+primary.dir+" port="+port(primary)+" user=postgres application_name='"+pg.CopyOf+"one'")
	if err := copying.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		copying.Process.Kill()
		copying.Wait()
	})
	conn := primary.connect(t)
	for connections, deadline := 0, time.Now().Add(20*time.Second); connections < 2; time.Sleep(20 * time.Millisecond) {
		row := conn.QueryRow(context.Background(), "SELECT count(*) FROM pg_stat_replication WHERE state IN ('backup', 'streaming')")
		if err := row.Scan(&connections); err != nil || time.Now().After(deadline) {
			t.Fatalf("a base backup makes %d connections, %v", connections, err)
		}
	}
	followers, err := Standbys(context.Background(), conn)
	if err != nil || len(followers) != 1 || followers[0].Name != "one" || followers[0].State != "backup" || followers[0].Slot != "one" {
		t.Errorf("got %+v, %v", followers, err)
	}
	if health, err := Look(context.Background(), conn); err != nil || health.Streams != 0 {
		t.Errorf("%d standbys stream, %v", health.Streams, err)
	}
}
