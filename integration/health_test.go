//go:build integration

package integration

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// checks collects what healthcheck says of one situation after the other.
type checks struct {
	strings.Builder
	t *testing.T
}

// note asks whether the server of a container is ready, and whether it lives.
func (c *checks) note(situation string, of Container, args ...string) {
	c.t.Helper()
	fmt.Fprintf(c, "%s\n  ready  %s\n  live   %s\n", situation, c.ask(of, args...), c.ask(of, "--live"))
}

func (c *checks) ask(of Container, args ...string) string {
	c.t.Helper()
	said, err := of.tryExec(append([]string{"pgreplica", "healthcheck"}, args...)...)
	return fmt.Sprintf("%d %s", exitStatus(c.t, err), strings.TrimSpace(said))
}

// until waits until healthcheck says a word.
func (c *checks) until(of Container, word string, args ...string) {
	c.t.Helper()
	Eventually(c.t, "healthcheck says "+word, func() bool { return strings.Contains(c.ask(of, args...), word) })
}

// past makes the grace of a standby that does not stream pass at once.
func past(of Container) {
	of.Exec("touch", "--date", "2 minutes ago", "/var/run/postgresql/.pgreplica/streamed")
}

// TestHealthSaysTheTruth leads one pair through the situations that the
// healthcheck tells apart, and compares every line that it prints.
func TestHealthSaysTheTruth(t *testing.T) {
	t.Parallel()
	network := networkFor(t, "health")
	a, b := newNode(t, network, "a"), newNode(t, network, "b")
	seen := &checks{t: t}
	b.as("standby", "a")
	seen.until(b.Container, "waiting for the primary")
	seen.note("a standby whose primary is not there yet", b.Container)
	a.as("primary", "")
	a.Healthy()
	b.Healthy()
	seen.note("a primary", a.Container)
	seen.note("a standby that streams", b.Container)

	b.SQL("SELECT pg_wal_replay_pause()")
	seen.note("a standby whose replay is paused", b.Container)
	b.SQL("SELECT pg_wal_replay_resume()")
	b.SQL("ALTER SYSTEM SET recovery_min_apply_delay = '1h'")
	b.SQL("ALTER SYSTEM SET wal_receiver_timeout = '4s'")
	b.SQL("SELECT pg_reload_conf()")
	Eventually(t, "a commit is held back, and what comes after it", func() bool {
		a.SQL("SELECT txid_current()")
		return b.SQL("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'RecoveryApplyDelay'") == "1"
	})
	a.SQL("CREATE TABLE late AS SELECT generate_series(1, 10000)")
	seen.until(b.Container, "more than", "--max-lag-bytes", "10kB")
	seen.note("a standby that is further behind than it may be", b.Container, "--max-lag-bytes", "10kB")
	b.SQL("ALTER SYSTEM RESET recovery_min_apply_delay")
	b.SQL("SELECT pg_reload_conf()")

	a.Docker("pause")
	seen.until(b.Container, "NOT CONNECTED")
	seen.note("a standby whose primary stands still", b.Container)
	past(b.Container)
	seen.note("the same, past its grace", b.Container)
	a.Docker("unpause")
	seen.until(b.Container, "streaming")
	if said, err := docker("network", "disconnect", network, b.ID); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	seen.until(b.Container, "NOT CONNECTED")
	past(b.Container)
	b.Exec("rm", "--force", "/var/run/postgresql/.pgreplica/why-not")
	seen.note("a standby that was cut off", b.Container)
	said, err := docker("exec", "--env", "HEALTHCHECK_REQUIRE_STREAMING=off", b.ID, "pgreplica", "healthcheck")
	fmt.Fprintf(seen, "the same, which may do without its primary\n  ready  %v %s\n", err, strings.TrimSpace(said))
	Golden(t, "health/pair", seen.String())
}

// TestAStandbyThatCannotGoOnSaysSo loses WAL, then the role.
func TestAStandbyThatCannotGoOnSaysSo(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t, "health-lost")
	seen := &checks{t: t}
	b.Docker("stop")
	for _, setting := range []string{"wal_keep_size = 0", "max_slot_wal_keep_size = '1MB'", "min_wal_size = '32MB'", "max_wal_size = '32MB'"} {
		a.SQL("ALTER SYSTEM SET " + setting)
	}
	a.SQL("SELECT pg_reload_conf()")
	for range 6 {
		a.SQL("CREATE TABLE IF NOT EXISTS filler AS SELECT generate_series(1, 1000)")
		a.SQL("SELECT pg_switch_wal()")
		a.SQL("CHECKPOINT")
	}
	b.Docker("start")
	seen.until(b.Container, "needs a new copy")
	seen.note("a standby whose WAL is gone", b.Container)
	b.SQL("SELECT pg_promote()")
	seen.note("a standby that somebody promoted", b.Container)
	Golden(t, "health/lost", seen.String())
}

// TestACopyThatGoesOnIsLife asks while the first copy runs.
func TestACopyThatGoesOnIsLife(t *testing.T) {
	t.Parallel()
	_, b := newPair(t, "health-copy")
	b.as("standby", "a", "CLONE_MAX_RATE=5M")
	seen := &checks{t: t}
	seen.until(b.Container, "% of")
	seen.note("a standby that copies its primary", b.Container)
	b.Healthy()
	Golden(t, "health/copy", seen.String())
}

// TestAStandbyGetsWhatItsPrimaryHas raises max_connections on the primary.
func TestAStandbyGetsWhatItsPrimaryHas(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t, "raised")
	a.SQL("ALTER SYSTEM SET max_connections = 150")
	a.Docker("restart")
	a.Healthy()
	if a.SQL("SHOW server_version_num") < "140000" {
		b.ends() // 13 shuts down, and says so
		b.Docker("start")
	} else {
		seen := &checks{t: t}
		const message = "max_connections is 150 on the primary and 100 here"
		seen.until(b.Container, message)
		if said, _ := b.tryExec("pgreplica", "doctor", "--json"); !strings.Contains(said, message) {
			t.Errorf("doctor does not say so:\n%s", said)
		}
		b.Docker("restart")
	}
	b.Says("raised a setting to what the primary has", "max_connections", "from=100", "to=150")
	b.Healthy()
	follows(t, a.Container, b.Container)
}

// TestAHealthcheckThatIsKilledDisturbsNothing kills a hundred of them while
// the server does not answer. Whoever started them reaps them, as Docker does:
// an orphan that was killed would be taken for a server process that crashed.
func TestAHealthcheckThatIsKilledDisturbsNothing(t *testing.T) {
	t.Parallel()
	a := Start(t, "--no-healthcheck", "--env", "POSTGRES_PASSWORD=test", image("master"))
	a.Answers()
	const began = "SELECT pg_postmaster_start_time()"
	before := a.SQL(began)
	host := a.Inspect("{{.State.Pid}}")
	signal := func(name string) {
		if said, err := output(exec.Command("kill", "-"+name, host)); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
	}
	signal("STOP")
	killed := a.Exec("sh", "-c", "n=0; for i in $(seq 100); do timeout --foreground -s KILL 0.02 pgreplica healthcheck >/dev/null 2>&1; [ $? -ge 124 ] && n=$((n+1)); done; echo $n")
	signal("CONT")
	if strings.TrimSpace(killed) != "100" {
		t.Errorf("%s healthchecks were killed, want 100", killed)
	}
	if after := a.SQL(began); after != before {
		t.Errorf("the server started at %s, and again at %s", before, after)
	}
	a.NeverSaid("terminating any other active server processes", "server process")
	if got := (&checks{t: t}).ask(a); !strings.HasPrefix(got, "0 primary") {
		t.Errorf("afterwards it says %q", got)
	}
}
