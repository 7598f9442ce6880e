//go:build integration

package integration

import (
	"strings"
	"testing"
)

func slotUnused(t *testing.T, pair *Cluster) {
	master, slave := pair.Service("master"), pair.Service("slave")
	own := master.SQL("SELECT slot_name FROM pg_replication_slots")
	master.SQL("SELECT pg_create_physical_replication_slot('left_over', true)")
	master.wants(t, 1, []string{"WARNING  slot left_over keeps", "for nobody", "!  left_over", "pgreplica slots drop left_over"}, "status")
	master.wants(t, 0, []string{own, "its standby", "left_over", "nobody"}, "slots")
	slave.wants(t, 0, []string{"no replication slots", "docker compose exec master pgreplica slots"}, "slots")

	master.wants(t, 77, []string{"slot " + own + " is in use by its standby"}, "slots", "drop", own)
	master.wants(t, 64, []string{`no slot "leftover"`, "Did you mean left_over?"}, "slots", "drop", "leftover")
	slave.wants(t, 64, []string{"This is a standby"}, "slots", "drop", "left_over")
	master.wants(t, 0, []string{"dropped slot left_over"}, "slots", "drop", "left_over")
	if names := master.SQL("SELECT slot_name FROM pg_replication_slots"); names != own {
		t.Errorf("left are %q, want %q", names, own)
	}
	master.wants(t, 0, nil, "status")
}

// limitSlots lets a slot keep a few files of WAL.
func limitSlots(primary Container) {
	for _, setting := range []string{"max_slot_wal_keep_size = '128MB'", "wal_keep_size = 0", "max_wal_size = '32MB'"} {
		primary.SQL("ALTER SYSTEM SET " + setting)
	}
	primary.SQL("SELECT pg_reload_conf()")
}

// fill ends files of WAL.
func fill(primary Container, files int) {
	for range files {
		primary.SQL("CREATE TABLE fills (); DROP TABLE fills; SELECT pg_switch_wal()")
	}
}

func slotLost(t *testing.T, pair *Cluster) {
	master := pair.Service("master")
	limitSlots(master)
	master.SQL("SELECT pg_create_physical_replication_slot('left_over', true)")
	Eventually(t, "a quarter of the limit is left", func() bool {
		fill(master, 1)
		said, status := master.says(t, "status")
		return status == 1 && strings.Contains(said, "slot left_over is lost after") && strings.Contains(said, "of 128.0 MiB")
	})
	fill(master, 4)
	master.SQL("CHECKPOINT")
	master.wants(t, 2, []string{"CRITICAL  slot left_over has lost WAL that its standby needs", "lost", "slots drop left_over"}, "status")
	master.wants(t, 0, []string{"dropped slot left_over"}, "slots", "drop", "left_over")
	pair.Replicates()
}

// The standby is stopped when this begins, and does what status says.
func slotOfStandbyLost(t *testing.T, pair *Cluster) {
	master := pair.Service("master")
	fill(master, 10)
	master.SQL("CHECKPOINT")
	fill(master, 2)
	master.SQL("CHECKPOINT")
	pair.Compose("start", "slave")
	slave := pair.Service("slave")
	Eventually(t, "the standby knows that it cannot go on", func() bool {
		said, status := slave.says(t, "status")
		return status == 2 && strings.Contains(said, "needs a new copy") && strings.Contains(said, "mv $PGDATA $PGDATA.lost")
	})
	pair.Compose("stop", "slave")
	pair.Compose("run", "--rm", "slave", "sh", "-c", "mv $PGDATA $PGDATA.lost")
	pair.Set("CLONE_MAX_RATE=8M")
	pair.Compose("up", "--detach", "slave")
	Eventually(t, "the primary distinguishes a copy from a standby", func() bool {
		said, status := master.says(t, "status")
		return status == 1 && strings.Contains(said, "one is being copied") && !strings.Contains(said, "slots drop")
	})
	pair.Up("slave")
	pair.Replicates()
	pair.Service("slave").wants(t, 0, nil, "status")
}
