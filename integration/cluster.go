//go:build integration

// Package integration tests the shipped images and the shipped compose files,
// run in Docker as a person would run them.
//
// A test has a copy of the compose folder below a path with a space and a compose
// project of its own; each run has images of its own. Whatever a test makes is
// removed when it ends, and when it fails, the logs of its containers are
// printed first.
package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// A Cluster is a compose project: the containers of one compose file.
type Cluster struct {
	folder
	t       *testing.T
	project string
	ids     map[string]string // of the containers of services, until compose runs again
}

var projects atomic.Int32

// New gives a test the compose file in a folder below compose: "." for the
// pair on one host, "master" or "slave" for one server. Nothing is started.
// settings are of the form NAME=value, as a shell would export them.
func New(t *testing.T, name string, settings ...string) *Cluster {
	t.Helper()
	at := filepath.Join(t.TempDir(), "one host", "compose")
	copyTree(t, "../compose", at)
	project := fmt.Sprintf("test-%s-%d", run, projects.Add(1))
	c := &Cluster{folder: newFolder(filepath.Join(at, name)), t: t, project: project}
	c.Set(append([]string{"COMPOSE_PROJECT_NAME=" + project}, settings...)...)
	t.Cleanup(func() {
		if t.Failed() {
			c.showLogs()
		}
		if output, err := c.try("down", "--volumes", "--remove-orphans", "--timeout", "5"); err != nil {
			t.Errorf("remove the project: %v\n%s", err, output)
		}
		empty(t, at)
	})
	return c
}

// Up starts the pair of compose.yaml and waits until both servers are healthy.
func Up(t *testing.T, settings ...string) *Cluster {
	t.Helper()
	c := New(t, ".", settings...)
	c.Up()
	return c
}

// Up starts services, or all of them, and waits until they are healthy.
func (c *Cluster) Up(services ...string) {
	c.t.Helper()
	c.Compose(append([]string{"up", "--detach", "--wait", "--wait-timeout", "120"}, services...)...)
}

// Set changes settings for the calls of compose that follow.
func (c *Cluster) Set(settings ...string) { c.env = append(c.env, settings...) }

// Write gives the project a file beside its compose file.
func (c *Cluster) Write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// Read returns a file of the project's.
func (c *Cluster) Read(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// try runs a command of compose. It may make containers anew.
func (c *Cluster) try(args ...string) (string, error) {
	defer c.forget()
	return c.folder.try(args...)
}

// forget makes Service look for its containers anew.
func (c *Cluster) forget() { c.ids = nil }

// Compose runs a command of compose, which must succeed.
func (c *Cluster) Compose(args ...string) string {
	c.t.Helper()
	output, err := c.try(args...)
	if err != nil {
		c.t.Fatalf("compose %s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return output
}

// Service is the container of a service, which must have one.
func (c *Cluster) Service(name string) Container {
	c.t.Helper()
	if id, known := c.ids[name]; known {
		return Container{c.t, id}
	}
	found := c.containers("label=com.docker.compose.service=" + name)
	if len(found) != 1 {
		c.t.Fatalf("service %s has %d containers", name, len(found))
	}
	if c.ids == nil {
		c.ids = map[string]string{}
	}
	c.ids[name] = found[0].ID
	return found[0]
}

func (c *Cluster) containers(filters ...string) []Container {
	c.t.Helper()
	args := []string{"ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project=" + c.project}
	for _, filter := range filters {
		args = append(args, "--filter", filter)
	}
	ids, err := docker(args...)
	if err != nil {
		c.t.Fatalf("docker ps: %v\n%s", err, ids)
	}
	var found []Container
	for id := range strings.FieldsSeq(ids) {
		found = append(found, Container{c.t, id})
	}
	return found
}

// SQL runs a statement as the superuser of a service.
func (c *Cluster) SQL(service, statement string) string {
	c.t.Helper()
	return c.Service(service).SQL(statement)
}

// Replicates writes a row on the master and waits for it on the slave.
func (c *Cluster) Replicates() {
	c.t.Helper()
	follows(c.t, c.Service("master"), c.Service("slave"))
}

// follows writes a row on one server and waits for it on another.
func follows(t *testing.T, primary, standby Container) {
	t.Helper()
	primary.SQL("CREATE TABLE IF NOT EXISTS test (line serial)")
	line := primary.SQL("INSERT INTO test DEFAULT VALUES RETURNING line")
	Eventually(t, "the row arrives on the standby", func() bool {
		arrived, err := standby.trySQL("SELECT line FROM test WHERE line = " + line)
		return err == nil && arrived == line
	})
}

// showLogs prints what every container of the project said.
func (c *Cluster) showLogs() {
	for _, container := range c.containers() {
		c.t.Logf("%s said:\n%s", container.Inspect("{{.Name}} ({{.State.Status}}, {{.State.ExitCode}})"), container.Logs())
	}
}
