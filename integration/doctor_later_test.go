//go:build integration

package integration

import (
	"regexp"
	"testing"
)

// TestDoctorNamesWhatTimeBringsToAPair leads a pair through what cannot be
// undone in a moment: cancelled queries, a restart with less, a promotion.
func TestDoctorNamesWhatTimeBringsToAPair(t *testing.T) {
	t.Parallel()
	pair := Up(t)
	pair.Replicates()
	master, slave := pair.Service("master"), pair.Service("slave")
	golden := func(title string, of Container) { Golden(t, "doctor/"+title, doctor(t, of, nil)) }

	slave.SQL("ALTER SYSTEM SET hot_standby_feedback = off")
	slave.SQL("ALTER SYSTEM SET max_standby_streaming_delay = 0")
	slave.SQL(reload)
	master.SQL("CREATE TABLE busy AS SELECT 1 AS n")
	pair.Replicates()
	slave.Exec("sh", "-c", "psql -U postgres -d postgres -c 'SELECT n FROM busy, pg_sleep(60)' >/dev/null 2>&1 &")
	becomes := func(what, condition string) { // each look may itself be cancelled
		Eventually(t, what, func() bool { said, _ := slave.trySQL("SELECT " + condition); return said == "t" })
	}
	becomes("somebody reads", "count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
	master.SQL("DELETE FROM busy")
	master.SQL("VACUUM busy")
	becomes("the query is cancelled and counted", "sum(confl_snapshot + confl_lock) > 0 FROM pg_stat_database_conflicts")
	cancelled := regexp.MustCompile(`\d+ quer(y|ies)`)
	Golden(t, "doctor/cancelled-queries", cancelled.ReplaceAllString(doctor(t, slave, nil), "N queries"))
	slave.SQL("ALTER SYSTEM RESET hot_standby_feedback")
	slave.SQL("ALTER SYSTEM RESET max_standby_streaming_delay")
	slave.SQL(reload)
	slave.SQL("SELECT pg_stat_reset()")

	for _, setting := range []string{"max_wal_senders = 1", "max_replication_slots = 1", "hot_standby = off"} {
		master.SQL("ALTER SYSTEM SET " + setting)
	}
	pair.Compose("restart", "master")
	pair.Up()
	pair.Replicates()
	golden("room-for-one-standby", master)
	golden("no-walsender-left", slave)

	slave.SQL("SELECT pg_promote()")
	Eventually(t, "the walsender has ended", func() bool { return master.SQL("SELECT count(*) FROM pg_stat_replication") == "0" })
	golden("promoted-standby", slave)
}

// TestDoctorLooksBesideAStartThatWaits asks in a container whose server is not
// there yet.
func TestDoctorLooksBesideAStartThatWaits(t *testing.T) {
	t.Parallel()
	n := newNode(t, networkFor(t, "waits"), "waits")
	waits := Start(t, "--network", n.network, "--volume", n.volume+":"+volume, "--shm-size=256m", "--env", "MASTER_SERVER=nowhere.invalid", "--env", "REPLICATION_PASSWORD=test",
		image("slave"))
	waits.Says("waiting for the primary")
	Golden(t, "doctor/waiting-standby", doctor(t, waits, nil))
}
