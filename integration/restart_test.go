//go:build integration

package integration

import "testing"

// A base backup writes PG_VERSION anew, which makes it another inode.
func dataDirectory(server Container) string {
	server.t.Helper()
	return server.Exec("sh", "-c", "stat -c '%n is %i' $PGDATA/PG_VERSION")
}

func TestEverythingIsKeptWithoutANewBaseBackup(t *testing.T) {
	t.Parallel()
	pair := Up(t)
	pair.Replicates()
	master, slave := dataDirectory(pair.Service("master")), dataDirectory(pair.Service("slave"))

	for _, restart := range []struct {
		name string
		do   func()
	}{
		{"compose restart", func() { pair.Compose("restart") }},
		{"docker restart of the primary", func() { pair.Service("master").Docker("restart") }},
		{"docker restart of the standby", func() { pair.Service("slave").Docker("restart") }},
		{"SIGKILL of the primary", func() { kill(pair.Service("master")) }},
		{"SIGKILL of the standby", func() { kill(pair.Service("slave")) }},
		{"down and up", func() { pair.Compose("down"); pair.Up() }},
	} {
		restart.do()
		pair.Service("slave").Healthy()
		pair.Service("master").Healthy()
		pair.Replicates()
		if now := dataDirectory(pair.Service("master")); now != master {
			t.Errorf("%s: the primary's %s, it was %s", restart.name, now, master)
		}
		if now := dataDirectory(pair.Service("slave")); now != slave {
			t.Errorf("%s: the standby's %s, it was %s", restart.name, now, slave)
		}
	}
	if lines := pair.SQL("master", "SELECT count(*) FROM test"); lines != "7" {
		t.Errorf("%s rows are left of 7", lines)
	}
	pair.Service("slave").NeverSaid("copying the primary")
}

// kill ends a server as a power cut would. Docker does not restart what was
// killed on request, so the host's reboot is played by docker start.
func kill(server Container) {
	server.t.Helper()
	server.Kill("KILL")
	Eventually(server.t, "the container ends", func() bool { return server.Inspect("{{.State.Running}}") == "false" })
	server.Docker("start")
}

func TestTheStandbyMayStartFirst(t *testing.T) {
	t.Parallel()
	pair := New(t, ".")
	pair.Compose("up", "--detach", "slave")
	slave := pair.Service("slave")
	slave.Says("waiting for the primary")
	began := slave.Inspect("{{.State.StartedAt}}")
	Eventually(t, "ten seconds pass", func() bool { return age(t, began) >= 10 })

	pair.Up("master")
	slave.Healthy()
	pair.Replicates()
	if again := slave.Inspect("{{.RestartCount}} {{.State.StartedAt}}"); again != "0 "+began {
		t.Errorf("the standby restarted while it waited: %s, began %s", again, began)
	}
}
