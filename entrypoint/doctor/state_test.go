package doctor

import (
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

func TestAServerIsJudgedByWhatItDoes(t *testing.T) {
	streaming := &pg.Receiver{Status: "streaming", End: 100}
	for _, c := range []struct {
		title   string
		mode    pg.Mode
		here    pg.Health
		silence time.Duration
		level   Level
		want    string
	}{
		{"a primary that writes", pg.Primary, pg.Health{}, 0, OK, ""},
		{"a primary in recovery", pg.Primary, pg.Health{InRecovery: true}, 0, Critical, "in recovery"},
		{"a standby that streams", pg.Standby, pg.Health{InRecovery: true, LSN: 40, Receiver: streaming}, 0, OK, ""},
		{"a standby that never streamed", pg.Standby, pg.Health{InRecovery: true}, 2 * StreamingGrace, Critical, "not streaming"},
		{"a standby that waits", pg.Standby, pg.Health{InRecovery: true, Receiver: &pg.Receiver{Status: "waiting"}}, 2 * StreamingGrace, Critical, "not streaming"},
		{"a standby that lost its link just now", pg.Standby, pg.Health{InRecovery: true}, 59 * time.Second, Warning, "not streaming for 59s"},
		{"a standby without a link for a minute", pg.Standby, pg.Health{InRecovery: true}, time.Minute, Critical, "not streaming"},
		{"a standby that accepts writes", pg.Standby, pg.Health{}, 0, Critical, "accepts writes"},
		{"a standby whose replay is paused", pg.Standby, pg.Health{InRecovery: true, ReplayPaused: true, Receiver: streaming}, 0, Critical, "replay is paused"},
	} {
		worst := Worst(State(Seen{Mode: c.mode, Here: &c.here, Silence: c.silence}))
		if worst.Level != c.level || !strings.Contains(worst.Text, c.want) {
			t.Errorf("%s: got %s %q, want %s %q", c.title, worst.Level, worst.Text, c.level, c.want)
		}
		if worst.Level != OK && worst.Fix == "" {
			t.Errorf("%s: nothing to type", c.title)
		}
	}
}

func TestALostSlotOutweighsAnUnusedOne(t *testing.T) {
	worst := Worst(Slots(Seen{Here: &pg.Health{}, Slots: []pg.Slot{{Name: "idle"}, {Name: "db2", WALStatus: "lost"}}}))
	if worst.Level != Critical || !strings.Contains(worst.Text, "db2") {
		t.Errorf("got %+v", worst)
	}
}

func TestAPrimaryWithoutAStandbyIsAWarning(t *testing.T) {
	worst := Worst(Slots(Seen{Here: &pg.Health{}, Followers: []pg.Follower{{Name: "pg_basebackup", State: "backup"}}}))
	if worst.Level != Warning || worst.ID != "followers" {
		t.Errorf("got %+v", worst)
	}
}
