package entrypoint

import (
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
)

func TestHealthSaysTheTruth(t *testing.T) {
	streaming := &pgsql.Receiver{Status: "streaming", End: 100}
	for _, c := range []struct {
		title   string
		mode    pg.Mode
		seen    pgsql.Health
		silence time.Duration
		want    string // of the line, or of the error behind a !
	}{
		{"a primary that writes", pg.Primary, pgsql.Health{}, 0, "primary, accepting writes"},
		{"a primary in recovery", pg.Primary, pgsql.Health{InRecovery: true}, 0, "!in recovery"},
		{"a standby that streams", pg.Standby, pgsql.Health{InRecovery: true, LSN: 40, Receiver: streaming}, 0, "standby, streaming, 60 B behind"},
		{"a standby that never streamed", pg.Standby, pgsql.Health{InRecovery: true}, 2 * streamingGrace, "!not streaming"},
		{"a standby that waits", pg.Standby, pgsql.Health{InRecovery: true, Receiver: &pgsql.Receiver{Status: "waiting"}}, 2 * streamingGrace, "!not streaming"},
		{"a standby that lost its link just now", pg.Standby, pgsql.Health{InRecovery: true}, 59 * time.Second, "not streaming for 59s"},
		{"a standby without a link for a minute", pg.Standby, pgsql.Health{InRecovery: true}, time.Minute, "!not streaming"},
		{"a standby that accepts writes", pg.Standby, pgsql.Health{}, 0, "!accepts writes"},
		{"a standby whose replay is paused", pg.Standby, pgsql.Health{InRecovery: true, ReplayPaused: true, Receiver: streaming}, 0, "!replay is paused"},
	} {
		line, err := judge(c.mode, c.seen, c.silence)
		want, bad := strings.CutPrefix(c.want, "!")
		got := line
		if err != nil {
			got = err.Error()
		}
		if (err != nil) != bad || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, error %v", c.title, line, err)
		}
	}
}

func TestAReportBeginsWithItsVerdict(t *testing.T) {
	r := Report{Verdict: "fine", Version: "13.23", System: 7711, At: time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC),
		Nodes: []NodeRow{{Name: "primary", Role: "primary", State: "running", Here: true, Timeline: 1, Behind: -1, Heard: -1}}}
	r.addFollowers([]pgsql.Follower{{Name: "db2", Slot: "db2", State: "streaming", Behind: 1 << 20, Heard: 2 * time.Second, Addr: "10.0.0.2"}}, true)
	r.addSlots([]pg.Slot{{Name: "db2", Active: true, WALStatus: "reserved"}, {Name: "gone", Kept: 5 << 20, WALStatus: "reserved"}},
		[]pgsql.Follower{{Name: "db2", Slot: "db2"}})
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
	if r.Level != Warning {
		t.Errorf("level %s", r.Level)
	}
}

func TestALostSlotIsCritical(t *testing.T) {
	var r Report
	r.addSlots([]pg.Slot{{Name: "idle"}, {Name: "db2", WALStatus: "lost"}}, nil)
	if r.Level != Critical || !strings.Contains(r.Verdict, "db2") {
		t.Errorf("%s %s", r.Level, r.Verdict)
	}
}

func TestAPrimaryWithoutAStandbyIsAWarning(t *testing.T) {
	var r Report
	r.addFollowers([]pgsql.Follower{{Name: "pg_basebackup", State: "backup", Behind: -1, Heard: -1}}, true)
	if r.Level != Warning {
		t.Errorf("%s %s", r.Level, r.Verdict)
	}
}
