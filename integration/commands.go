//go:build integration

package integration

import (
	"cmp"
	"crypto/rand"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// inherited are the variables that docker and compose get of the caller's
// environment. No other reaches them, so that no exported setting does.
var inherited = []string{
	"PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "XDG_RUNTIME_DIR",
	"PG_MAJOR", "PG_VOLUME", "PG_DATA",
}

func environment() []string {
	env := []string{"PGREPLICA_TAG=test-" + run, "COMPOSE_BAKE=false"}
	for _, name := range inherited {
		if value, set := os.LookupEnv(name); set {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// major is the version of PostgreSQL that the images are of.
var major = cmp.Or(os.Getenv("PG_MAJOR"), "13")

// Where the images keep a cluster: make says so from PostgreSQL 18 on.
var (
	volume  = cmp.Or(os.Getenv("PG_VOLUME"), "/var/lib/postgresql/data")
	dataDir = cmp.Or(os.Getenv("PG_DATA"), "/var/lib/postgresql/data/pgdata")
	beside  = filepath.Dir(dataDir) // our state and old data
)

// run is a name for this run's images and compose projects, which no other run or copy of the project has.
var run = strings.ToLower(rand.Text()[:8])

// image is the name of one of this run's images.
func image(side string) string { return "pgreplica-" + side + ":test-" + run }

// own is a name that nothing of another run has.
func own(name string) string { return "test-" + run + "-" + name }

func docker(args ...string) (string, error) { return output(exec.Command("docker", args...)) }

func output(command *exec.Cmd) (string, error) {
	if command.Env == nil {
		command.Env = environment()
	}
	text, err := command.CombinedOutput()
	return strings.TrimSpace(string(text)), err
}

// A folder is where compose runs, and how.
type folder struct {
	dir     string
	options []string
	env     []string
}

func newFolder(dir string, options ...string) folder {
	return folder{dir, options, environment()}
}

func (f folder) try(args ...string) (string, error) {
	words := slices.Concat(compose(), f.options, args)
	command := exec.Command(words[0], words[1:]...)
	command.Dir, command.Env = f.dir, f.env
	return output(command)
}

// compose is how to call it: as make says, or as the machine or this folder has
// it.
func compose() []string {
	if words := strings.Fields(os.Getenv("COMPOSE")); len(words) > 0 {
		return words
	}
	if exec.Command("docker", "compose", "version").Run() == nil {
		return []string{"docker", "compose"}
	}
	made, _ := filepath.Abs("../.tools/docker-compose")
	return []string{made}
}

// copyTree copies what is shipped of a folder: not what a server that was run
// in it has left there.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	left := []string{".env", "pg-data", "postgres_backup_slave", "passwords"}
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if slices.Contains(left, entry.Name()) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, inside)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o755)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// empty removes what servers have left in a folder, whoever owns it.
func empty(t *testing.T, dir string) {
	t.Helper()
	_, status := Run(t, "--network", "none", "--volume", dir+":/left", "--entrypoint", "find", image("master"), "/left", "-mindepth", "1", "-delete")
	if status != 0 {
		t.Errorf("could not empty %s", dir)
	}
}
