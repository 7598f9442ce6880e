//go:build integration

package integration

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An engine is a Docker engine of a test's own, in namespaces of its own, for
// what would disturb the machine's: an engine that leaves a swarm forgets the
// names of every container that runs on it, and no other finds them any more.
type engine struct {
	t   *testing.T
	env []string
}

// The first process of the engine waits for the end of its input, also where
// the test is killed, and takes every process of the engine with it. A
// containerd of the machine's is hidden, so that dockerd starts its own.
const engineShell = `mkdir -p /run/containerd && mount -t tmpfs tmpfs /run/containerd && ip link set lo up && echo '{}' > "$1/none.json"
dockerd --config-file "$1/none.json" --data-root "$1/data" --exec-root "$1/run" --pidfile "$1/pid" \
	--host "unix://$1/sock" --storage-driver "$2" </dev/null >"$1/log" 2>&1 &
read -r _
kill $! && wait $!`

// newEngine starts an engine that has the images of this run.
func newEngine(t *testing.T) engine {
	t.Helper()
	for _, program := range []string{"dockerd", "unshare", "ip"} {
		if _, err := exec.LookPath(program); err != nil || os.Getuid() != 0 {
			t.Skipf("a Docker engine of its own takes root and %s on this machine: %v", program, err)
		}
	}
	driver, err := docker("info", "--format", "{{.Driver}}")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	e := engine{t, append(environment(), "DOCKER_HOST=unix://"+dir+"/sock")}
	shell := exec.Command("unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "bash", "-c", engineShell, "engine", dir, driver)
	var said bytes.Buffer
	shell.Stdout, shell.Stderr = &said, &said
	input, err := shell.StdinPipe()
	if err == nil {
		err = shell.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		input.Close()
		if err := shell.Wait(); err != nil {
			t.Errorf("the engine ends with %v\n%s", err, said.String())
		}
		if log, _ := os.ReadFile(filepath.Join(dir, "log")); t.Failed() {
			t.Logf("dockerd said:\n%s", log)
		}
	})
	Eventually(t, "the engine answers", func() bool { _, err := e.try("version"); return err == nil })
	load := exec.Command("bash", "-c", "set -o pipefail; env -u DOCKER_HOST docker save "+image("master")+" "+image("slave")+" | docker load")
	load.Env = e.env
	if text, err := output(load); err != nil {
		t.Fatalf("give the engine the images: %v\n%s", err, text)
	}
	return e
}

// do runs a command of docker on the engine, which must succeed.
func (e engine) do(args ...string) string {
	e.t.Helper()
	said, err := e.try(args...)
	if err != nil {
		e.t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return said
}

func (e engine) try(args ...string) (string, error) {
	command := exec.Command("docker", args...)
	command.Env = e.env
	return output(command)
}
