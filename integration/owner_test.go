//go:build integration

package integration

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestACopiedVolumeIsGivenBackToTheServer restores a volume as root, as cp and
// tar do, which leaves every file root's, and open to everybody.
func TestACopiedVolumeIsGivenBackToTheServer(t *testing.T) {
	t.Parallel()
	for title, dir := range map[string]string{"in its own folder": dataDir, "at the root of the volume": beside} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			name := namedVolume(t, "owner"+strings.ReplaceAll(dir, "/", "-"))
			settings := []string{"--env", "POSTGRES_PASSWORD=test", "--env", "PGDATA=" + dir, "--volume", name + ":" + beside, image("master")}
			server := Start(t, settings...)
			server.Healthy()
			server.SQL("CREATE TABLE kept AS SELECT 1 AS n")
			server.Docker("stop")
			if said, status := Run(t, append(settings, "sh", "-c", "chown -R 0:0 "+beside+" && chmod 0777 "+dir)...); status != 0 {
				t.Fatal(said)
			}
			again := Start(t, settings...)
			again.Healthy()
			if rows := again.SQL("SELECT n FROM kept"); rows != "1" {
				t.Errorf("got %q", rows)
			}
			if left := again.Exec("find", dir, "!", "-user", "postgres"); left != "" {
				t.Errorf("not the server's: %s", left)
			}
			if mode := again.Exec("stat", "--format", "%a", dir); mode != "700" {
				t.Errorf("the data directory has mode %s", mode)
			}
		})
	}
}

// TestAFolderOfSomebodyElsesIsNamedWithItsOwner has one case for each way in
// which a volume can belong to the wrong user, and changes nothing.
func TestAFolderOfSomebodyElsesIsNamedWithItsOwner(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs root, to make files of other users")
	}
	inside := filepath.Base(dataDir)
	for title, c := range map[string]struct {
		owners  map[string]int // of folders in the mount, which is "."
		options []string
		status  int
		want    []string
	}{
		"another's mount":              {map[string]int{".": 1234}, []string{"--user", "4321:4321"}, 77, []string{"belongs to uid 1234", "user: '1234:1234'", "chown -R 4321:4321 " + filepath.Dir(dataDir)}},
		"another's data, open to all":  {map[string]int{".": 4321, inside: 1234}, []string{"--user", "4321:4321"}, 77, []string{inside + " belongs to uid 1234", "user: '1234:1234'", "chown -R 4321:4321 "}},
		"another's state":              {map[string]int{".": 4321, ".pgreplica": 1234}, []string{"--user", "4321:4321"}, 77, []string{".pgreplica belongs to uid 1234", "chown -R 4321:4321 "}},
		"two users' data":              {map[string]int{inside: 0, inside + "/base": 1234, inside + "/global": 1235}, nil, 65, []string{"base belongs to uid 1234", "global to uid 1235", "chown -R "}},
		"a copy that was cut short":    {map[string]int{inside: 0, inside + "/base": 999, inside + "/global": 0}, nil, 65, []string{"base belongs to uid 999", "global to uid 0", "cut short"}},
		"data that cannot be given":    {map[string]int{inside: 1234}, []string{"--cap-drop", "CHOWN"}, 77, []string{"cannot be given to postgres", "cap_add: [CHOWN"}},
		"root that cannot be given up": {nil, []string{"--cap-drop", "SETUID"}, 77, []string{"cannot become the user postgres", "cap_add: [SETUID"}},
		"a file of root's in the data": {map[string]int{inside: 999, inside + "/base": 999, inside + "/PG_VERSION": 0}, nil, 77, []string{"PG_VERSION belongs to uid 0", "chown -R 999:999 "}},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			mount := t.TempDir()
			for _, name := range slices.Sorted(maps.Keys(c.owners)) {
				path, uid := filepath.Join(mount, name), c.owners[name]
				make := os.MkdirAll
				if strings.HasSuffix(name, "PG_VERSION") {
					make = func(path string, mode fs.FileMode) error { return os.WriteFile(path, []byte("13\n"), mode) }
				}
				if err := firstError(make(path, 0o700), os.Chown(path, uid, uid)); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(title, "open to all") {
					if err := os.Chmod(path, 0o777); err != nil {
						t.Fatal(err)
					}
				}
			}
			before := ownersBelow(t, filepath.Join(mount, inside))
			said, status := Run(t, append(append([]string{"--env", "POSTGRES_PASSWORD=test", "--volume", mount + ":" + filepath.Dir(dataDir)}, c.options...), image("master"))...)
			if status != c.status {
				t.Errorf("exit %d, want %d", status, c.status)
			}
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			if after := ownersBelow(t, filepath.Join(mount, inside)); after != before {
				t.Errorf("owners were\n%s\nare\n%s", before, after)
			}
		})
	}
}

// ownersBelow has a line for each entry below dir.
func ownersBelow(t *testing.T, dir string) string {
	t.Helper()
	said, err := output(exec.Command("find", dir, "-mindepth", "1", "-printf", `%P %U %m\n`))
	if err != nil && !strings.Contains(said, "No such file") {
		t.Fatal(said)
	}
	return said
}
