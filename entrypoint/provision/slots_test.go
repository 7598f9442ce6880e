package provision

import (
	"strings"
	"testing"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/report"
)

func TestASlotThatIsNotThereIsNamedNearest(t *testing.T) {
	seen := doctor.Seen{Server: &pg.Health{}, Slots: []pg.Slot{{Name: "pgreplica_ab12"}}}
	for _, c := range []struct {
		name    string
		standby bool
		want    string
	}{
		{"pgreplica_ab21", false, "Did you mean pgreplica_ab12? pgreplica slots lists them."},
		{"pgreplica_ab21", true, "Did you mean pgreplica_ab12? pgreplica slots lists them."},
		{"nothing_like_it", false, "pgreplica slots lists them."},
		{"nothing_like_it", true, "This is a standby. The slots of its primary are there: docker compose exec master pgreplica slots"},
	} {
		seen.Server.InRecovery = c.standby
		if fault := noSlot(c.name, seen); fault.Fix != c.want || fault.Exit != 64 || !strings.Contains(fault.Text, c.name) {
			t.Errorf("%s, on a standby %v: got %+v", c.name, c.standby, fault)
		}
	}
}

func TestASlotInUseIsNamedWithItsReader(t *testing.T) {
	fault := slotInUse(report.SlotRow{Slot: pg.Slot{Name: "db2", Active: true}, UsedBy: "standby"})
	if fault.Text != "slot db2 is in use by standby" || fault.Exit != 77 {
		t.Errorf("got %+v", fault)
	}
}
