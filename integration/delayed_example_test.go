//go:build integration

package integration

import (
	"strings"
	"testing"
	"time"
)

// TestADelayedStandbyReplaysLater does what the head of the example says to do
// after a mistake.
func TestADelayedStandbyReplaysLater(t *testing.T) {
	t.Parallel()
	const delay = 5 * time.Second
	pair := New(t, "examples/delayed", "APPLY_DELAY="+delay.String())
	pair.Up()
	master, slave := pair.Service("master"), pair.Service("slave")
	there := func() bool {
		rows, err := slave.trySQL("SELECT count(*) FROM hello")
		return err == nil && rows == "1"
	}

	began := time.Now()
	master.SQL("CREATE TABLE hello AS SELECT 'from the primary' AS word")
	Eventually(t, "the row has arrived, and waits", func() bool {
		return slave.SQL("SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()") == "t"
	})
	if health, err := slave.tryExec("pgreplica", "healthcheck"); err != nil {
		t.Errorf("while a row waits: %s", health)
	}
	Eventually(t, "the row is shown", there)
	if took := time.Since(began); took < delay {
		t.Errorf("a row is shown after %v, want at least %v", took, delay)
	}
	pair.typed("pgreplica status")
	if said, _ := slave.says(t, "doctor", "--all"); !strings.Contains(said, "hot_standby_feedback is off") {
		t.Errorf("the primary keeps its dead rows for this standby:\n%s", said)
	}
	if health := slave.Inspect("{{.State.Health.Status}}"); health != "healthy" {
		t.Errorf("the standby is %s", health)
	}

	began = time.Now()
	master.SQL("DELETE FROM hello")
	pair.typed("pg_wal_replay_pause")
	if took := time.Since(began); took > delay {
		t.Skipf("this machine took %v for two statements", took)
	}
	Eventually(t, "the delay is over", func() bool { return time.Since(began) > delay+2*time.Second })
	if !there() {
		t.Error("a standby that was paused has replayed the mistake")
	}
	pair.typed("pg_dump")
	pair.typed("pg_wal_replay_resume")
	Eventually(t, "the standby has replayed the mistake", func() bool { return !there() })
	pair.typed("< rows.sql")
	Eventually(t, "the row that was saved is back", there)
	slave.Healthy()
}
