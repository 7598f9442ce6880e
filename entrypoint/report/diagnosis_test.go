package report

import (
	"testing"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/integration/golden"
)

var diagnosis = Diagnosis{
	At:      time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC),
	Summary: "2 problems. Replication works now, a promotion would not be safe.",
	Checks: []doctor.Check{
		{Group: "network", Finding: doctor.Finding{ID: "dns", Text: "db1 can be resolved"}},
		{Group: "time", Finding: doctor.Finding{ID: "clocks", Level: doctor.Warning, Text: "this host is 41s ahead of the primary; delays in seconds are wrong by as much",
			Fix: "Run chrony or systemd-timesyncd on both hosts: timedatectl set-ntp true"}},
		{Group: "identity", Finding: doctor.Finding{ID: "collation", Level: doctor.Critical,
			Text: "the primary runs on Debian 12, this standby on Debian 13: the C library sorts text differently, so indexes on text may be corrupt after a promotion",
			Fix:  "Build both images from the same base, FROM postgres:N-bookworm for example, then docker compose up -d --build && true"}},
	},
}

func TestADiagnosisPrintsProblemsAndNothingElse(t *testing.T) {
	golden.Compare(t, "testdata/doctor.txt", diagnosis.String())
	golden.Compare(t, "testdata/doctor-all.txt", diagnosis.All())
	well := Diagnosis{Summary: "No problem.", Checks: diagnosis.Checks[:1]}
	if got, want := well.String(), "1 check ok (pgreplica doctor --all lists them)\n\nNo problem.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := diagnosis.Level(); got != doctor.Critical {
		t.Errorf("got %s, want CRITICAL", got)
	}
}

// Other programs rely on version 1 of the object: only additions are allowed.
func TestADiagnosisInJSONIsKept(t *testing.T) {
	got, err := diagnosis.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/doctor.json", got)
}
