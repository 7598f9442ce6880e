//go:build integration

package integration

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A Container is one container of a test, by its id.
type Container struct {
	t  *testing.T
	ID string
}

// Start runs a container in the background; args are those of docker run. It
// is removed, with its anonymous volumes, when the test ends.
func Start(t *testing.T, args ...string) Container {
	t.Helper()
	id, err := docker(append([]string{"run", "--detach"}, args...)...)
	if err != nil {
		t.Fatalf("docker run %s: %v\n%s", strings.Join(args, " "), err, id)
	}
	c := Container{t, id}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("docker run %s said:\n%s", strings.Join(args, " "), c.Logs())
		}
		docker("rm", "--force", "--volumes", id)
	})
	return c
}

// Run runs a container to its end, and returns what it said and its status.
func Run(t *testing.T, args ...string) (output string, status int) {
	t.Helper()
	output, err := docker(append([]string{"run", "--rm"}, args...)...)
	return output, exitStatus(t, err)
}

// exitStatus is that of a program which ran.
func exitStatus(t *testing.T, err error) int {
	t.Helper()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return ended.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

// Docker runs a command of docker on the container, which must succeed.
func (c Container) Docker(verb string, args ...string) string {
	c.t.Helper()
	output, err := docker(append(append([]string{verb}, args...), c.ID)...)
	if err != nil {
		c.t.Fatalf("docker %s: %v\n%s", verb, err, output)
	}
	return output
}

// Exec runs a program in the container, which must succeed.
func (c Container) Exec(args ...string) string {
	c.t.Helper()
	output, err := c.tryExec(args...)
	if err != nil {
		c.t.Fatalf("docker exec %s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return output
}

func (c Container) tryExec(args ...string) (string, error) {
	return docker(append([]string{"exec", c.ID}, args...)...)
}

// SQL runs a statement as the superuser postgres, which must succeed.
func (c Container) SQL(statement string) string {
	c.t.Helper()
	output, err := c.trySQL(statement)
	if err != nil {
		c.t.Fatalf("%s: %v\n%s", statement, err, output)
	}
	return output
}

func (c Container) trySQL(statement string) (string, error) {
	return c.tryExec("psql", "-XAtq", "-U", "postgres", "-d", "postgres", "-c", statement)
}

// Inspect is a field of docker inspect.
func (c Container) Inspect(format string) string {
	c.t.Helper()
	return c.Docker("inspect", "--format", format)
}

// Logs is what the container has said since it was made.
func (c Container) Logs() string {
	c.t.Helper()
	return c.Docker("logs")
}

// Kill sends a signal to the container's first process.
func (c Container) Kill(signal string) {
	c.t.Helper()
	c.Docker("kill", "--signal", signal)
}

// Says waits until each of the texts is in the log.
func (c Container) Says(texts ...string) {
	c.t.Helper()
	log := ""
	for _, text := range texts {
		Eventually(c.t, "the log says "+text, func() bool {
			if !strings.Contains(log, text) {
				log = c.Logs()
			}
			return strings.Contains(log, text)
		})
	}
}

// NeverSaid fails the test where one of the texts is in the log.
func (c Container) NeverSaid(texts ...string) {
	c.t.Helper()
	logs := c.Logs()
	for _, text := range texts {
		if strings.Contains(logs, text) {
			c.t.Errorf("the log holds %q", text)
		}
	}
}

// Answers waits until the server takes connections.
func (c Container) Answers() {
	c.t.Helper()
	Eventually(c.t, "the server answers", func() bool { _, err := c.trySQL("SELECT 1"); return err == nil })
}

// Healthy waits until the container is.
func (c Container) Healthy() {
	c.t.Helper()
	Eventually(c.t, "the container is healthy", func() bool { return c.Inspect("{{.State.Health.Status}}") == "healthy" })
}

// Eventually waits for a condition, at most for a minute and a half. The pauses
// grow, because most conditions start a process of docker, which takes processor
// time from the servers that are waited for.
func Eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	pause := 100 * time.Millisecond
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		if condition() {
			return
		}
		pause = min(pause*5/4, 500*time.Millisecond)
	}
	t.Fatalf("waited in vain until %s", what)
}

// age is how many seconds ago a time of docker's was.
func age(t *testing.T, since string) float64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, since)
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(at).Seconds()
}
