//go:build integration

package integration

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestUpBuildsWhatIsMissing(t *testing.T) {
	for _, test := range []struct{ folder, image, missing string }{
		{".", "master slave", ""},
		{"master", "master", "slave"},
		{"slave", "slave", "master"},
	} {
		t.Run("in compose/"+test.folder, func(t *testing.T) {
			t.Parallel()
			tag := "fresh-" + run + "-" + strings.Trim(test.folder, ".")
			t.Cleanup(func() { docker("image", "rm", "--force", "pgreplica-master:"+tag, "pgreplica-slave:"+tag) })
			c := New(t, test.folder, "PGREPLICA_TAG="+tag, "POSTGRES_PORT=127.0.0.1:0", "REPLICATION_PASSWORD=test", "MASTER_SERVER=nowhere.invalid")
			root := strings.TrimSuffix(strings.TrimSuffix(c.dir, test.folder), "/") + "/.."
			for _, part := range []string{"cmd", "entrypoint"} {
				copyTree(t, "../"+part, filepath.Join(root, part))
			}
			for _, file := range []string{"go.mod", "go.sum", "Dockerfile.master", "Dockerfile.slave", ".dockerignore"} {
				copyTree(t, "../"+file, filepath.Join(root, file))
			}
			c.Compose("up", "--detach")
			for side := range strings.FieldsSeq(test.image) {
				if running := c.Service(side).Inspect("{{.State.Status}} {{.Config.Image}}"); running != "running pgreplica-"+side+":"+tag {
					t.Errorf("the %s is %s", side, running)
				}
			}
		})
	}
}

// A folder is self-contained, so that it can be copied to a host alone. What
// the three compose files repeat must stay the same.
func TestTheComposeFilesAgree(t *testing.T) {
	t.Parallel()
	pair := services(t, New(t, "."))
	for _, side := range []string{"master", "slave"} {
		alone := services(t, New(t, side, "REPLICATION_PASSWORD=test", "MASTER_SERVER=db1"))[side]
		for _, field := range []string{
			"init", "restart", "stop_grace_period", "shm_size", "healthcheck", "read_only", "tmpfs", "security_opt", "cap_add", "cap_drop",
			"depends_on", "image",
		} {
			if pair[side][field] == nil || !reflect.DeepEqual(pair[side][field], alone[field]) {
				t.Errorf("%s of the %s: %v in compose.yaml, %v in %s/compose.yaml", field, side, pair[side][field], alone[field], side)
			}
		}
	}
}

// What an example shows is all that sets it apart. A swarm knows no shm_size,
// tmpfs and security_opt, and restarts by rules of its own.
func TestTheExamplesAreAsHardAsThePair(t *testing.T) {
	t.Parallel()
	onASwarm := []string{"init", "stop_grace_period", "healthcheck", "read_only", "cap_add", "cap_drop"}
	onOneHost := append([]string{"restart", "shm_size", "tmpfs", "security_opt", "image"}, onASwarm...)
	pair := services(t, New(t, "."))
	files, err := filepath.Glob("../compose/examples/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		folder, name := filepath.Split(file)
		fields := onOneHost
		if name == "swarm.yaml" {
			fields = onASwarm
		}
		for service, has := range services(t, New(t, "examples/"+filepath.Base(folder), "COMPOSE_FILE="+name)) {
			want := pair[strings.TrimRight(service, "0123456789")]
			for _, field := range fields {
				if !reflect.DeepEqual(has[field], want[field]) {
					t.Errorf("%s of %s in %s: %v, want %v", field, service, file, has[field], want[field])
				}
			}
		}
	}
}

func services(t *testing.T, c *Cluster) map[string]map[string]any {
	t.Helper()
	var config struct{ Services map[string]map[string]any }
	said := c.Compose("config", "--format", "json")
	warnings := strings.Index(said, "{")
	if err := json.Unmarshal([]byte(said[max(0, warnings):]), &config); err != nil {
		t.Fatal(err)
	}
	return config.Services
}

func TestTheImagesDifferInTheirModeAlone(t *testing.T) {
	t.Parallel()
	master, err := os.ReadFile("../Dockerfile.master")
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.ReadFile("../Dockerfile.slave")
	if err != nil {
		t.Fatal(err)
	}
	differences := 0
	others := strings.Split(string(slave), "\n")
	for i, line := range strings.Split(string(master), "\n") {
		if i >= len(others) || line != others[i] {
			differences++
		}
	}
	if differences != 4 { // the comment, the mode, the title and the description
		t.Errorf("the Dockerfiles differ in %d lines, want 4", differences)
	}
	for side, mode := range map[string]string{"master": "primary", "slave": "standby"} {
		config, err := docker("image", "inspect", "--format", "{{.Config.StopSignal}} {{.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.Healthcheck.Test}} {{.Config.Env}}", image(side))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"SIGINT [pgreplica] [] [CMD pgreplica healthcheck --wait] ", "REPLICATION_MODE=" + mode, "PGDATA=" + dataDir + " "} {
			if !strings.Contains(config, want) {
				t.Errorf("image of the %s: want %s in %s", side, want, config)
			}
		}
		if added := size(t, image(side)) - size(t, base(t, side)); added <= 0 || added > 15<<20 {
			t.Errorf("image of the %s adds %d bytes, want at most 15 MB", side, added)
		}
	}
}

func base(t *testing.T, side string) string {
	t.Helper()
	name, err := docker("image", "inspect", "--format", `{{index .Config.Labels "org.opencontainers.image.base.name"}}`, image(side))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(name, "docker.io/library/")
}

func size(t *testing.T, image string) int {
	t.Helper()
	text, err := docker("image", "inspect", "--format", "{{.Size}}", image)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	bytes, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}
