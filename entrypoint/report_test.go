package entrypoint

import (
	"testing"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

func TestAReportBeginsWithItsVerdict(t *testing.T) {
	r := Report{Verdict: "fine", Version: "13.23", System: 7711, At: time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC),
		Nodes: []NodeRow{{Name: "primary", Role: "primary", State: "running", Here: true, Timeline: 1, Behind: -1, Heard: -1}}}
	followers := []pg.Follower{{Name: "db2", Slot: "db2", State: "streaming", Behind: 1 << 20, Heard: 2 * time.Second, Addr: "10.0.0.2"}}
	slots := []pg.Slot{{Name: "db2", Active: true, WALStatus: "reserved"}, {Name: "gone", Kept: 5 << 20, WALStatus: "reserved"}}
	r.addFollowers(followers)
	r.addSlots(slots, followers)
	r.conclude(doctor.Slots(doctor.Seen{Here: &pg.Health{}, Slots: slots, Followers: followers}))
	const want = `WARNING  slot gone keeps 5.0 MiB of WAL for nobody

PostgreSQL 13.23  system 7711  2026-11-23 20:00:00 UTC

   NODE     ROLE     STATE      TL  BEHIND   HEARD  ADDRESS
 * primary  primary  running    1   -        -      -
   db2      standby  streaming  -   1.0 MiB  2s     10.0.0.2

   SLOT  USED BY  WAL KEPT  STATE
   db2   db2      0 B       reserved
 ! gone  nobody   5.0 MiB   reserved

If its standby is gone: docker compose exec master psql -U postgres -c "SELECT pg_drop_replication_slot('gone')"
`
	if got := r.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if r.Level != doctor.Warning {
		t.Errorf("level %s", r.Level)
	}
}
