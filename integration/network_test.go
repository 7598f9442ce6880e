//go:build integration

package integration

import "testing"

// TestACopyThatIsCutOffBeginsAgain takes the standby off its network in the
// middle of the copy, and gives it back.
func TestACopyThatIsCutOffBeginsAgain(t *testing.T) {
	t.Parallel()
	a, b := newPair(t, "cut")
	a.SQL("CREATE TABLE large AS SELECT repeat(md5(n::text), 20) AS text FROM generate_series(1, 100000) AS n")
	b.as("standby", "a", "CLONE_MAX_RATE=5M")
	b.Says("percent=")
	if said, err := docker("network", "disconnect", a.network, b.ID); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if status := b.ends(); status == "0" {
		t.Error("a copy that was cut off ends with 0")
	}
	b.NeverSaid("copied the primary")

	b.as("standby", "a")
	b.Healthy()
	follows(t, a.Container, b.Container)
	if slots := a.SQL("SELECT string_agg(slot_name || ' ' || active, ',') FROM pg_replication_slots"); slots != "pgreplica_"+b.Exec("sh", "-c", `sed -n 's/.*"node_id": "\(.*\)".*/\1/p' `+beside+"/.pgreplica/state.json")+" true" {
		t.Errorf("slots on the primary: %s, want the standby's own alone", slots)
	}
}
