package pgdata

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
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
	c := newRealCluster(t)
	got, err := Inspect(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	said, err := c.command("pg_controldata", c.dir).Output()
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
	if err := os.Symlink("/nonexistent/fast", filepath.Join(c.dir, "pg_tblspc", "16385")); err != nil {
		t.Fatal(err)
	}
	if got, err := Inspect(c.dir); err != nil || got.Missing != filepath.Join(c.dir, "pg_tblspc", "16385")+" -> /nonexistent/fast" {
		t.Errorf("a tablespace that is not mounted: got %+v, %v", got, err)
	}
	damage(t, filepath.Join(c.dir, "global/pg_control"))
	if got, err := Inspect(c.dir); err != nil || got.Contents != pg.Corrupt {
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

const mounts = `22 1 0:20 / / rw - overlay overlay rw
30 22 254:0 /var/lib/docker/volumes/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/_data /anonymous rw - ext4 /dev/vda rw
31 22 254:0 /var/lib/docker/volumes/site_data/_data /named rw - ext4 /dev/vda rw
32 22 254:0 /home/me/my\040data /with\040space rw - ext4 /dev/vda rw
`

func TestTheVolumeIsKnownByItsMount(t *testing.T) {
	for _, c := range []struct {
		dir   string
		want  pg.Volume
		fixed bool
	}{
		{"/anonymous/pgdata", pg.Anonymous, false}, {"/named/pgdata", pg.Named, false}, {"/named", pg.Named, true},
		{"/with space/pgdata", pg.Named, false}, {"/with space", pg.Named, true}, {"/elsewhere/pgdata", pg.Layer, false}, {"/namedbutnot/pgdata", pg.Layer, false}, {"/pgdata", pg.Layer, true},
	} {
		l := locate(c.dir, []byte(mounts))
		if l.Volume != c.want || l.Fixed != c.fixed {
			t.Errorf("%s: got %s, fixed %v", c.dir, l.Volume, l.Fixed)
		}
		if inside := strings.HasPrefix(l.State, c.dir+"/"); inside != c.fixed {
			t.Errorf("%s: state in %s", c.dir, l.State)
		}
	}
}

func TestAClusterAtTheRootOfTheVolumeIsUsedInPlace(t *testing.T) {
	root := t.TempDir()
	fill(t, root, "13")
	l := locate(filepath.Join(root, "pgdata"), []byte("30 22 254:0 / "+root+" rw - ext4 /dev/vda rw\n"))
	if l.Dir != root || !l.Fixed || l.TwoLayouts {
		t.Errorf("got %+v", l)
	}
	fill(t, filepath.Join(root, "pgdata"), "13")
	if l := locate(filepath.Join(root, "pgdata"), nil); !l.TwoLayouts {
		t.Errorf("two clusters: got %+v", l)
	}
}

func TestAnUnfinishedSwapIsFoundWhereItIs(t *testing.T) {
	root := t.TempDir()
	mounts := []byte("30 22 254:0 / " + root + " rw - ext4 /dev/vda rw\n")
	l := Layout{Dir: root, State: filepath.Join(root, stateInside), Old: filepath.Join(root, stateInside), Fixed: true}
	fill(t, root, "old")
	mkdir(t, l.State)
	if _, err := Begin(l, "clone"); err != nil {
		t.Fatal(err)
	}
	if _, err := SetAside(l, moment); err != nil {
		t.Fatal(err)
	}
	if found := locate(filepath.Join(root, "pgdata"), mounts); found.Dir != root || found.State != l.State {
		t.Errorf("found %+v", found)
	}
}

func TestASecondHolderIsKeptOut(t *testing.T) {
	root := t.TempDir()
	if err := Lock(root); err != nil {
		t.Fatal(err)
	}
	if err := Lock(root); err != ErrLocked {
		t.Errorf("second lock: %v", err)
	}
}

func TestStateOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	state, err := ReadState(dir)
	if err != nil || len(state.NodeID) != 12 {
		t.Fatalf("new volume: %+v, %v", state, err)
	}
	state.SystemID, state.Mode, state.Roles = 7711481495978516502, pg.Standby, map[string]string{"a": "b"}
	if err := WriteState(dir, state); err != nil {
		t.Fatal(err)
	}
	again, err := ReadState(dir)
	if err != nil || !again.Same(state) || again.NodeID != state.NodeID || again.Roles["a"] != "b" {
		t.Errorf("got %+v, %v, want %+v", again, err, state)
	}
	if err := os.WriteFile(filepath.Join(dir, "state.json"), []byte(`{"format":99}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadState(dir); err == nil || !strings.Contains(err.Error(), "format 99") {
		t.Errorf("a state from the future: %v", err)
	}
}

func TestAStandbyThatFollowsAlreadyIsKnown(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pgdata")
	fill(t, dir, "13")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("postgresql.auto.conf", "primary_conninfo = 'host=db1 password=x'\nprimary_slot_name = 'replication_slot_1'\n")
	if Follows(dir) || RecordedSlot(dir) != "" {
		t.Error("a primary's data follows nobody, whatever it once followed")
	}
	write("standby.signal", "")
	if !Follows(dir) || RecordedSlot(dir) != "replication_slot_1" {
		t.Errorf("follows %v, slot %q", Follows(dir), RecordedSlot(dir))
	}
	write("postgresql.auto.conf", "")
	if Follows(dir) || RecordedSlot(dir) != "" {
		t.Error("a standby without a connection follows nobody")
	}
}
