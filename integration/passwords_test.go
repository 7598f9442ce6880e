//go:build integration

package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The shell exports what belongs to something else, too.
func TestNoPasswordIsToBeFoundAnywhere(t *testing.T) {
	t.Parallel()
	const superuser, replication, app = "it's-canary-1$x\"#", "it's-canary-2$y\"#", "it's-canary-3$z\"#"
	pair := New(t, ".", "POSTGRES_PASSWORD="+superuser, "REPLICATION_PASSWORD="+replication, "APP_PASSWORD="+app, "CONTAINER_NAME=not-ours")
	arguments := watchArguments(t)
	pair.Up()
	pair.Replicates()
	master, slave := pair.Service("master"), pair.Service("slave")

	if seen := arguments(); !strings.Contains(seen, "pg_basebackup") || strings.Contains(seen, "canary") {
		t.Errorf("want pg_basebackup without a password among the arguments:\n%s", seen)
	}
	login(t, slave, "postgres", superuser, true)
	login(t, slave, "adempiere", app, true)
	login(t, slave, "adempiere", superuser, false)

	for _, container := range pair.containers() {
		container.NeverSaid("canary")
	}
	for _, server := range []Container{master, slave} {
		if name := server.Inspect("{{.Name}}"); !strings.HasPrefix(name, "/"+pair.project) {
			t.Errorf("the container's name is %s", name)
		}
		if config := server.Inspect("{{json .Config}}"); strings.Contains(config, "canary") {
			t.Errorf("docker inspect shows a password: %s", config)
		}
		if files, _ := server.tryExec("grep", "-rl", "canary", "/var/lib/postgresql", "/etc", "/tmp"); files != "" {
			t.Errorf("a password is in %s", files)
		}
		postmaster := strings.Fields(server.SQL("SELECT pg_read_file('postmaster.pid', 0, 4)"))[0]
		for _, process := range []string{"1", "self", postmaster} {
			path := "/proc/" + process + "/environ"
			environment, _ := server.trySQL("SELECT encode(pg_read_binary_file('" + path + "'), 'escape')")
			read := strings.Contains(environment, "PATH=") || process != postmaster // the others hide theirs
			if !read || strings.Contains(environment, "canary") {
				t.Errorf("%s read from SQL: %q", path, environment)
			}
		}
	}
}

// watchArguments notes the arguments of every process of the machine until the
// returned function is called, which returns them.
func watchArguments(t *testing.T) func() string {
	t.Helper()
	stop, seen := make(chan bool), make(chan map[string]bool)
	go func() {
		found := map[string]bool{}
		for {
			lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
			for _, line := range lines {
				text, _ := os.ReadFile(line)
				found[strings.ReplaceAll(string(text), "\x00", " ")] = true
			}
			select {
			case <-stop:
				seen <- found
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() string {
		close(stop)
		var all strings.Builder
		for line := range <-seen {
			all.WriteString(line + "\n")
		}
		return all.String()
	}
}
