package look

import (
	"path/filepath"
	"testing"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/integration/realpg"
)

func TestAServerIsAskedAsDeepAsItIsLookedAt(t *testing.T) {
	server := realpg.New(t).Start(t)
	conn, err := pgsql.Local(t.Context(), server.Socket, server.Port, "postgres", "postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "SELECT pg_create_physical_replication_slot('db2')"); err != nil {
		t.Fatal(err)
	}
	n := newNode(t, pg.Primary, filepath.Join(t.TempDir(), "pgdata"))
	for _, c := range []struct {
		depth         Depth
		slots, inside bool
	}{{Live, false, false}, {Health, true, false}, {Slots, true, false}, {Status, true, false}, {Doctor, true, true}} {
		g := gatherer{node: n, depth: c.depth}
		if err := g.ask(t.Context(), conn); err != nil {
			t.Errorf("depth %d: %v", c.depth, err)
		}
		if (g.seen.Server != nil) != (c.depth != Live) || (len(g.seen.Slots) == 1) != c.slots || (g.seen.Inside != nil) != c.inside {
			t.Errorf("depth %d: got %+v", c.depth, g.seen)
		}
	}
}

func TestAnUpstreamIsExaminedForACopyAndForAStandby(t *testing.T) {
	server := realpg.New(t).Start(t)
	n := newStandby(t, server.Port)
	seen := gather(t, n, Doctor)
	if seen.Upstream == nil || seen.UpstreamFault != nil || seen.Link.Took <= 0 || seen.Link.Encrypted || seen.Link.Public {
		t.Fatalf("got %+v, %+v, %+v", seen.Upstream, seen.UpstreamFault, seen.Link)
	}
	if seen.Upstream.Major >= 15 && seen.Link.Slot != pg.SlotAbsent {
		t.Errorf("slot %s is %s", n.Slot, seen.Link.Slot)
	}
	if seen.Volume.Needs == 0 {
		t.Error("the room for a copy is not estimated")
	}
	g := gatherer{node: n, depth: Status, seen: doctor.Seen{Link: &doctor.Link{},
		Server: &pg.Health{InRecovery: true, Slot: n.Slot, Timeline: 1, Received: seen.Upstream.LSN}}}
	g.lookAtUpstream(t.Context())
	if g.seen.Upstream == nil || g.seen.StandbySlot != nil || seen.Upstream.Major >= 15 && (g.seen.UpstreamFault == nil || g.seen.UpstreamFault.ID != "slot-absent") {
		t.Errorf("a standby without its slot: got %+v, %+v", g.seen.StandbySlot, g.seen.UpstreamFault)
	}
}
