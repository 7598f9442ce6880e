//go:build integration

package integration

import (
	"strings"
	"testing"
)

// TestALostDiskLeavesTheOnlyCopyInUse loses the primary's volume, as a person meets
// it who types down and up -d: both servers start at once.
func TestALostDiskLeavesTheOnlyCopyInUse(t *testing.T) {
	t.Parallel()
	pair := Up(t)
	pair.Service("master").SQL("CREATE TABLE kept AS SELECT 42 AS n")
	pair.Replicates()
	pair.Compose("down")
	if said, err := docker("volume", "rm", pair.project+"_master-data"); err != nil {
		t.Fatal(said)
	}
	pair.Compose("up", "--detach")
	slave := pair.Service("slave")
	slave.Answers()
	pair.Service("master").Says("a server of PEERS holds a cluster", "PEERS=none")
	if said := doctorAtRest(t, pair, "master"); !strings.Contains(said, "a server of PEERS holds a cluster") || !strings.Contains(said, "exit 2") {
		t.Errorf("doctor says of it:\n%s", said)
	}
	if made := pair.Service("master").Inspect("{{.State.Health.Status}}"); made == "healthy" {
		t.Error("the master is healthy without its data")
	}

	pair.Set("PEERS=none") // somebody wants a new one all the same
	pair.Compose("up", "--detach", "master")
	pair.Service("master").Answers()
	pair.Compose("up", "--detach", "--force-recreate", "slave")
	slave = pair.Service("slave")
	slave.Answers()
	slave.Says("another, younger cluster", "the only copy of cluster", "pg_promote()")
	if rows := slave.SQL("SELECT n FROM kept"); rows != "42" {
		t.Errorf("the only copy shows %q", rows)
	}
	if said, err := slave.tryExec("pgreplica", "healthcheck"); err == nil || !strings.Contains(said, "the only copy") {
		t.Errorf("healthcheck: %v, %s", err, said)
	}
	if slots := pair.Service("master").SQL("SELECT count(*) FROM pg_replication_slots"); slots != "0" {
		t.Errorf("the younger cluster has %s slots, which keep WAL for nobody", slots)
	}
	slave.SQL("SELECT pg_promote()")
	if rows := slave.SQL("INSERT INTO kept VALUES (43) RETURNING n"); rows != "43" {
		t.Errorf("the promoted copy says %q", rows)
	}
}
