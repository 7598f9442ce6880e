//go:build integration

package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The master's host is this one. The other host is the slave's container: its
// network namespace is joined to this machine by a cable, a veth pair, and has
// an address that is in no network of Docker's.
func TestTwoHostsAreJoinedThroughThePublishedPort(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("laying a cable between network namespaces takes root")
	}
	t.Parallel()
	master := New(t, "master", "POSTGRES_PORT=0", "REPLICATION_PASSWORD=test")
	master.Up()
	cable := layCable(t)
	slave := New(t, "slave", "POSTGRES_PORT=127.0.0.1:0", "REPLICATION_PASSWORD=test",
		"MASTER_SERVER="+cable.here, "MASTER_PORT="+published(master.Service("master")))
	slave.Compose("up", "--detach")
	slave.Service("slave").Says("waiting for the primary")
	cable.plug(slave.Service("slave"))
	slave.Up()

	follows(t, master.Service("master"), slave.Service("slave"))
	from := master.SQL("master", "SELECT host(client_addr) FROM pg_stat_replication")
	if from != cable.there {
		t.Errorf("the standby comes from %s, want %s", from, cable.there)
	}
	if slot := master.SQL("master", "SELECT slot_name || ' ' || active FROM pg_replication_slots"); slot != "replication_slot_1 true" {
		t.Errorf("the slot is %s, want replication_slot_1 true", slot)
	}
	if _, err := os.Stat(filepath.Join(slave.dir, "postgres_backup_slave", strings.TrimPrefix(dataDir, volume))); err != nil {
		t.Errorf("the standby's data is not in its folder: %v", err)
	}
	checkSlotScript(t, master, slave)
}

// published is the port of this machine that leads to a server.
func published(server Container) string {
	server.t.Helper()
	lines := strings.Fields(server.Docker("inspect", "--format", `{{(index (index .NetworkSettings.Ports "5432/tcp") 0).HostPort}}`))
	return lines[0]
}

// checkSlotScript calls the old project's check from another folder, without
// compose.
func checkSlotScript(t *testing.T, master, slave *Cluster) {
	t.Helper()
	check := func(args ...string) (string, error) {
		script := exec.Command("bash", append([]string{filepath.Join(master.dir, "config/valid_replica_slot.sh")}, args...)...)
		script.Dir = "/"
		return output(script)
	}
	said, err := check()
	if err != nil || !strings.Contains(said, "replication_slot_1") || !strings.Contains(said, "| t ") {
		t.Errorf("valid_replica_slot.sh with a standby: %v\n%s", err, said)
	}
	if named, err := check(master.Service("master").Inspect("{{.Name}}")[1:]); err != nil || !strings.Contains(named, "| t ") {
		t.Errorf("valid_replica_slot.sh with the container's name: %v\n%s", err, named)
	}
	slave.Compose("stop", "slave")
	Eventually(t, "the slot is seen to be inactive", func() bool {
		said, err = check()
		return err != nil && strings.Contains(said, "| f ")
	})
	master.Compose("stop", "master")
	if said, err = check(); err == nil || !strings.Contains(said, "docker compose up") {
		t.Errorf("valid_replica_slot.sh without a server: %v\n%s", err, said)
	}
}

// A cable has an end on this machine and one to plug into a container.
type cable struct {
	t                       *testing.T
	here, there             string
	hereDevice, thereDevice string
}

func layCable(t *testing.T) cable {
	t.Helper()
	name := "test" + run
	net := fmt.Sprintf("198.18.%d.", os.Getpid()%250)
	c := cable{t, net + "1", net + "2", name + "a", name + "b"}
	c.ip("link", "add", c.hereDevice, "type", "veth", "peer", "name", c.thereDevice)
	t.Cleanup(func() { exec.Command("ip", "link", "delete", c.hereDevice).Run() })
	return c
}

// plug gives a container the other end. Both ends get their addresses last, so
// that nothing could have gone another way.
func (c cable) plug(into Container) {
	c.t.Helper()
	process := into.Inspect("{{.State.Pid}}")
	c.ip("link", "set", c.thereDevice, "netns", process)
	inside := []string{"nsenter", "--net", "--target", process, "ip"}
	c.do(append(inside, "address", "add", c.there+"/24", "dev", c.thereDevice)...)
	c.do(append(inside, "link", "set", c.thereDevice, "up")...)
	c.ip("address", "add", c.here+"/24", "dev", c.hereDevice)
	c.ip("link", "set", c.hereDevice, "up")
}

func (c cable) ip(args ...string) {
	c.t.Helper()
	c.do(append([]string{"ip"}, args...)...)
}

func (c cable) do(words ...string) {
	c.t.Helper()
	if said, err := output(exec.Command(words[0], words[1:]...)); err != nil {
		c.t.Fatalf("%s: %v\n%s", strings.Join(words, " "), err, said)
	}
}
