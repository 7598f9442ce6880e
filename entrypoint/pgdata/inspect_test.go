package pgdata

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
	"pgreplica/integration/realpg"
)

func TestWhatADirectoryHolds(t *testing.T) {
	for _, c := range []struct {
		title string
		files map[string]string
		want  pg.DataDir
	}{
		{"nothing", nil, pg.DataDir{Contents: pg.Empty}},
		{"what file systems put there", map[string]string{"lost+found/x": "", stateInside + "/state.json": ""}, pg.DataDir{Contents: pg.Empty}},
		{"somebody's files", map[string]string{"notes.txt": "", "photos/1": ""}, pg.DataDir{Contents: pg.Foreign, Strangers: "notes.txt, photos"}},
		{"a killed base backup", map[string]string{"PG_VERSION": "13\n", "backup_label": ""}, pg.DataDir{Contents: pg.Incomplete, Major: 13, BackupLabel: true}},
		{"a torn pg_control", map[string]string{"PG_VERSION": "13\n", "global/pg_control": strings.Repeat("x", 8192)}, pg.DataDir{Contents: pg.Corrupt, Major: 13}},
		{"an empty pg_control", map[string]string{"PG_VERSION": "13\n", "global/pg_control": ""}, pg.DataDir{Contents: pg.Corrupt, Major: 13}},
		{"a version that is none", map[string]string{"PG_VERSION": "thirteen"}, pg.DataDir{Contents: pg.Corrupt}},
	} {
		t.Run(c.title, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range c.files {
				mkdir(t, filepath.Dir(filepath.Join(dir, name)))
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := Inspect(dir)
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v, want %+v", got, err, c.want)
			}
		})
	}
}

func TestADirectoryThatIsNotThereIsEmpty(t *testing.T) {
	got, err := Inspect(filepath.Join(t.TempDir(), "pgdata"))
	if err != nil || got.Contents != pg.Empty {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestARealClusterIsRead compares with what pg_controldata says of a cluster
// that initdb made.
func TestARealClusterIsRead(t *testing.T) {
	c := realpg.New(t)
	got, err := Inspect(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	said, err := c.Command("pg_controldata", c.Dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("system identifier: %s ", got.SystemID),
		fmt.Sprintf("TimeLineID: %d ", got.Timeline),
	} {
		if !strings.Contains(strings.Join(strings.Fields(string(said)), " "), want) {
			t.Errorf("pg_controldata does not say %q:\n%s", want, said)
		}
	}
	if got.Contents != pg.Cluster || got.Standby {
		t.Errorf("got %+v", got)
	}
	if got.Missing != "" {
		t.Errorf("misses %s", got.Missing)
	}
	if err := os.Symlink("/nonexistent/fast", filepath.Join(c.Dir, "pg_tblspc", "16385")); err != nil {
		t.Fatal(err)
	}
	if got, err := Inspect(c.Dir); err != nil || got.Missing != filepath.Join(c.Dir, "pg_tblspc", "16385")+" -> /nonexistent/fast" {
		t.Errorf("a tablespace that is not mounted: got %+v, %v", got, err)
	}
	damage(t, filepath.Join(c.Dir, "global/pg_control"))
	if got, err := Inspect(c.Dir); err != nil || got.Contents != pg.Corrupt {
		t.Errorf("one changed byte of pg_control: got %+v, %v", got, err)
	}
}

func damage(t *testing.T, path string) {
	t.Helper()
	control, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	control[systemIDAt] ^= 1
	if err := os.WriteFile(path, control, 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzControl(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, 8192))
	f.Fuzz(func(t *testing.T, control []byte) {
		if id, timeline, err := parseControl(control); err != nil && (id != 0 || timeline != 0) {
			t.Error("an error beside an answer")
		}
	})
}
