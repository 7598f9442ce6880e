//go:build integration

package integration

import (
	"strings"
	"testing"
)

func TestAWrongPasswordIsNamedAndHealsWithoutARestart(t *testing.T) {
	t.Parallel()
	pair := New(t, ".")
	pair.Up("master")
	verifier := pair.SQL("master", "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres_replicator'")
	pair.SQL("master", "ALTER ROLE postgres_replicator PASSWORD 'another'")
	pair.Compose("up", "--detach", "slave")
	slave := pair.Service("slave")
	slave.Says("refuses the password of role", "postgres_replicator", "REPLICATION_PASSWORD")

	pair.SQL("master", "ALTER ROLE postgres_replicator PASSWORD '"+verifier+"'")
	slave.Healthy()
	pair.Replicates()
	if restarts := slave.Inspect("{{.RestartCount}}"); restarts != "0" {
		t.Errorf("the standby was restarted %s times", restarts)
	}
}

func TestAPrimaryThatAllowsNobodyIsNamed(t *testing.T) {
	t.Parallel()
	pair := New(t, ".", "REPLICATION_ALLOW=none")
	pair.Compose("up", "--detach")
	slave := pair.Service("slave")
	slave.Says("no pg_hba.conf entry", "host replication postgres_replicator", "REPLICATION_ALLOW")
	pair.Set("REPLICATION_ALLOW=samenet")
	pair.Up()
	pair.Replicates()
}

func TestAnUnreachablePrimaryIsWaitedForWithAReasonAndARemedy(t *testing.T) {
	t.Parallel()
	for name, primary := range map[string]struct {
		server string
		reason []string
	}{
		"a name that nobody has": {"nowhere.invalid", []string{"nowhere.invalid", "cannot be resolved", "MASTER_SERVER="}},
		"a port that is closed":  {"127.0.0.1", []string{"nothing listens on 127.0.0.1:5433", "MASTER_PORT"}},
		"an address of nobody's": {"192.0.2.1", []string{"192.0.2.1:5433", "hint="}},
	} {
		slave := Start(t, "--env", "MASTER_SERVER="+primary.server, "--env", "MASTER_PORT=5433", "--env", "REPLICATION_PASSWORD=test", image("slave"))
		slave.Says(append(primary.reason, "waiting for the primary", "hint=")...)
		if state := slave.Inspect("{{.State.Status}} {{.RestartCount}}"); state != "running 0" {
			t.Errorf("%s: the standby is %s, want it to wait", name, state)
		}
	}
}

func TestAWaitThatIsLimitedEndsWithItsReason(t *testing.T) {
	t.Parallel()
	output, status := Run(t, "--env", "MASTER_SERVER=127.0.0.1", "--env", "MASTER_PORT=5433", "--env", "REPLICATION_PASSWORD=test",
		"--env", "MASTER_WAIT_TIMEOUT=2s", image("slave"))
	if status != 69 || !strings.Contains(output, "nothing listens on 127.0.0.1:5433") {
		t.Errorf("exit %d, want 69 and the reason:\n%s", status, output)
	}
}

func TestAStandbyWithDataStartsWithoutItsPrimary(t *testing.T) {
	t.Parallel()
	pair := Up(t)
	pair.Replicates()
	pair.Compose("stop", "master")
	pair.Compose("restart", "slave")
	slave := pair.Service("slave")
	Eventually(t, "the standby answers alone", func() bool {
		lines, err := slave.trySQL("SELECT count(*) FROM test")
		return err == nil && lines == "1"
	})
	if said, err := slave.tryExec("pgreplica", "healthcheck"); err == nil {
		t.Errorf("it counts as healthy: %s", said)
	}
	if said, err := slave.tryExec("pgreplica", "status"); err == nil || !strings.Contains(said, "CRITICAL") {
		t.Errorf("pgreplica status: %v\n%s", err, said)
	}
	pair.Up()
	pair.Replicates()

	// Both at once.
	pair.Compose("down")
	pair.Up()
	pair.Service("slave").wants(t, 0, nil, "status")
}
