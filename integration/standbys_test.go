//go:build integration

package integration

import (
	"strings"
	"testing"
)

// second is what a person adds for another standby.
const second = `
services:
  slave2:
    extends:
      file: compose.yaml
      service: slave
    volumes:
      - slave2-data:${PG_VOLUME:-/var/lib/postgresql/data}
volumes:
  slave2-data:
`

func TestEachStandbyHasASlotOfItsOwn(t *testing.T) {
	t.Parallel()
	cluster := New(t, ".")
	cluster.Write("compose.override.yaml", second)
	cluster.Up()
	cluster.Replicates()
	follows(t, cluster.Service("master"), cluster.Service("slave2"))

	slots := strings.Fields(cluster.SQL("master", "SELECT slot_name || '=' || active FROM pg_replication_slots ORDER BY 1"))
	if len(slots) != 2 || !strings.HasSuffix(slots[0], "=true") || !strings.HasSuffix(slots[1], "=true") {
		t.Fatalf("want two active slots, got %q", slots)
	}
	for _, service := range []string{"slave", "slave2"} {
		slot := cluster.SQL(service, "SHOW primary_slot_name")
		if !strings.Contains(strings.Join(slots, " "), slot+"=") || cluster.SQL(service, "SHOW cluster_name") != slot {
			t.Errorf("%s uses slot %q of %q", service, slot, slots)
		}
	}
	names := cluster.SQL("master", "SELECT count(DISTINCT application_name) FROM pg_stat_replication WHERE application_name LIKE 'pgreplica%'")
	if names != "2" {
		t.Errorf("pg_stat_replication has %s names, want 2", names)
	}
}
