//go:build integration

package integration

import (
	"path/filepath"
	"strings"
	"testing"
)

// A stack is the services of the swarm's example on a swarm of one node.
type stack struct {
	engine
	folder
	names *strings.Replacer // of its hosts
}

func TestAStackRunsOnASwarm(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, words := range []string{"pgreplica.master=true", "pgreplica.slave=true", "create pgreplica_postgres", "create pgreplica_replication", "stack deploy"} {
		s.typed(words)
	}
	master, slave := s.task("master"), s.task("slave")
	s.follows(master, slave)
	if said := s.typed("name=db_slave"); !strings.Contains(said, "the standby streams from its primary") {
		t.Errorf("status on the standby:\n%s", said)
	}

	const data = "SELECT system_identifier, (SELECT count(*) FROM test) FROM pg_control_system()"
	before := s.sql(master, data)
	s.do("service", "update", "--force", "--quiet", "db_master")
	updated := s.task("master")
	if after := s.sql(updated, data); updated == master || after != before {
		t.Errorf("an update left %s in container %s, was %s in %s", after, updated, before, master)
	}
	if still := s.task("slave"); still != slave {
		t.Error("the swarm replaced the standby with its primary")
	}
	s.follows(updated, slave)

	s.do("service", "update", "--force", "--quiet", "db_slave")
	slave = s.task("slave")
	s.follows(updated, slave)
	if said := s.do("logs", slave); strings.Contains(said, "copying the primary") {
		t.Errorf("after an update the standby copied its primary again:\n%s", said)
	}
}

func newStack(t *testing.T) stack {
	t.Helper()
	e := newEngine(t)
	at := filepath.Join(t.TempDir(), "one host")
	copyTree(t, "../compose/examples/swarm", at)
	s := stack{engine: e, folder: folder{dir: at, env: e.env}}
	s.do("swarm", "init", "--advertise-addr", "127.0.0.1")
	node := s.do("node", "ls", "--quiet")
	s.names = strings.NewReplacer("HOST1", node, "HOST2", node)
	t.Cleanup(func() {
		if t.Failed() {
			said, _ := e.try("stack", "ps", "--no-trunc", "db")
			t.Logf("docker stack ps db:\n%s", said)
			for _, service := range []string{"db_master", "db_slave"} {
				said, _ := e.try("service", "logs", "--raw", service)
				t.Logf("%s said:\n%s", service, said)
			}
		}
	})
	return s
}

func (s stack) typed(words string) string {
	s.t.Helper()
	return s.folder.typed(s.t, "swarm.yaml", words, s.names)
}

// task is the healthy container of a service.
func (s stack) task(service string) string {
	s.t.Helper()
	var found []string
	Eventually(s.t, "the service "+service+" has one healthy container", func() bool {
		said, err := s.engine.try("ps", "--quiet", "--filter", "health=healthy", "--filter", "label=com.docker.swarm.service.name=db_"+service)
		found = strings.Fields(said)
		return err == nil && len(found) == 1
	})
	return found[0]
}

func (s stack) sql(container, statement string) string {
	s.t.Helper()
	return s.do("exec", container, "psql", "-XAtq", "-U", "postgres", "-c", statement)
}

// follows writes a row on one server and waits for it on another.
func (s stack) follows(primary, standby string) {
	s.t.Helper()
	s.sql(primary, "CREATE TABLE IF NOT EXISTS test (line serial)")
	line := s.sql(primary, "INSERT INTO test DEFAULT VALUES RETURNING line")
	Eventually(s.t, "the row arrives on the standby", func() bool {
		said, err := s.engine.try("exec", standby, "psql", "-XAtq", "-U", "postgres", "-c", "SELECT line FROM test WHERE line = "+line)
		return err == nil && said == line
	})
}
