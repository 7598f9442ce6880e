package entrypoint

import (
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "pgreplica/"

// floors says which of our packages each package may import.
var floors = map[string][]string{
	"entrypoint/pg":     {},
	"entrypoint/config": {"entrypoint/pg"},
	"entrypoint/plan":   {"entrypoint/pg"},
	"entrypoint/doctor": {"entrypoint/pg"},
	"entrypoint/pgconf": {"entrypoint/pg"},
	"entrypoint/pgdata": {"entrypoint/pg"},
	"entrypoint/pgctl":  {"entrypoint/pg"},
	"entrypoint/pgsql":  {"entrypoint/pg"},
	"entrypoint/host":   {"entrypoint/pg"},
	"entrypoint":        {"entrypoint/config", "entrypoint/plan", "entrypoint/doctor", "entrypoint/host", "entrypoint/pgconf", "entrypoint/pgdata", "entrypoint/pgctl", "entrypoint/pgsql", "entrypoint/pg"},
	"cmd/pgreplica":     {"entrypoint", "entrypoint/config", "entrypoint/pgctl", "entrypoint/pg"},
}

// impure packages would let a decision depend on more than its arguments.
var impure = []string{"os", "net", "time", "context", "os/exec", "io", "io/fs", "syscall", "math/rand", "math/rand/v2"}

func imports(t *testing.T, name string) []string {
	t.Helper()
	pkg, err := build.ImportDir(filepath.Join("..", name), 0)
	if err != nil {
		t.Fatal(err)
	}
	return pkg.Imports
}

func TestImportsGoDown(t *testing.T) {
	for name, allowed := range floors {
		for _, path := range imports(t, name) {
			ours, ok := strings.CutPrefix(path, module)
			if ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
		}
	}
}

func TestEveryPackageHasAFloor(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, known := floors["entrypoint/"+entry.Name()]; entry.IsDir() && entry.Name() != "testdata" && !known {
			t.Errorf("entrypoint/%s is on no floor", entry.Name())
		}
	}
}

func TestPlanAndDoctorArePure(t *testing.T) {
	for _, name := range []string{"entrypoint/plan", "entrypoint/doctor"} {
		for _, path := range imports(t, name) {
			duration := path == "time" && name == "entrypoint/doctor" // counts in time
			if slices.Contains(impure, path) && !duration || strings.Contains(path, ".") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
