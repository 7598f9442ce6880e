package pgdata

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pgreplica/entrypoint/pg"
)

// mountinfo is what /proc/self/mountinfo says of mounts: an unnamed volume, or
// one named data, at each path.
func mountinfo(anonymous, named string) []byte {
	text := "20 1 0:30 / / rw - overlay overlay rw\n"
	for path := range strings.FieldsSeq(anonymous) {
		text += "21 20 8:1 /var/lib/docker/volumes/" + strings.Repeat("0123456789abcdef", 4) + "/_data " + path + " rw - ext4 /dev/sda1 rw\n"
	}
	for path := range strings.FieldsSeq(named) {
		text += "22 20 8:1 /var/lib/docker/volumes/data/_data " + path + " rw - ext4 /dev/sda1 rw\n"
	}
	return []byte(text)
}

func TestAVolumeBesideTheDataIsFound(t *testing.T) {
	const home = "/var/lib/postgresql"
	for _, c := range []struct{ dir, anonymous, named, elsewhere, belongs string }{
		{home + "/18/docker", home, home + "/data", home + "/data", home},
		{home + "/18/docker", home, home + "/data/pgdata", home + "/data/pgdata", home},
		{home + "/18/docker", "", home + "/17/docker", home + "/17/docker", home},
		{home + "/18/docker", home, home + "/wal " + home + "/data/wal /run/secret", "", home},
		{home + "/18/docker", "", home, "", home},
		{home + "/18/docker", home, home + "/18 " + home + "/data", "", home},
		{home + "/data/pgdata", home + "/data", home, home, home + "/data"},
		{home + "/data", home + "/data", home, home, home + "/data"},
		{home + "/data/pgdata", home + "/data", home + "/wal", "", home + "/data"},
		{home + "/data/pgdata", home, home + "/data", "", home + "/data"},
		{"/srv/pgdata", "", home + "/data", home + "/data", "/srv"},
		{"/srv/pgdata", home + "/data", "/srv", "", "/srv"},
	} {
		text := mountinfo(c.anonymous, c.named)
		around := lookAround(Layout{Dir: c.dir, Volume: volumeKind(mountOf(c.dir, text))}, text)
		if around.Elsewhere != c.elsewhere || around.Belongs != c.belongs {
			t.Errorf("%+v: got %+v", c, around)
		}
	}
}

func TestClustersBesideTheDataAreFound(t *testing.T) {
	for _, c := range []struct{ inside, clusters, want string }{
		{"18/docker", ".=17", "=17"},
		{"18/docker", "pgdata=13", "/pgdata=13"},
		{"18/docker", "data=9.6 data/pgdata=18", "/data=9 /data/pgdata=18"},
		{"19/docker", "17/docker=17 18/docker=18", "/17/docker=17 /18/docker=18"},
		{"pgdata", "18/docker=18", "/18/docker=18"},
		{"18/docker", "18/docker=18", ""}, // the data directory itself
		{"pgdata", "data_old-20261123T200000Z=17 .pgreplica/clone-0123456789ab=17 postgres/17=17 wal=17 x/docker=17", ""},
		{"18/docker", "data=x", ""},
	} {
		root := t.TempDir()
		for cluster := range strings.FieldsSeq(c.clusters) {
			dir, version, _ := strings.Cut(cluster, "=")
			mkdir(t, filepath.Join(root, dir))
			if err := os.WriteFile(filepath.Join(root, dir, "PG_VERSION"), []byte(version+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var want []pg.Neighbour
		for cluster := range strings.FieldsSeq(c.want) {
			dir, version, _ := strings.Cut(cluster, "=")
			major := map[string]int{"9": 9, "13": 13, "17": 17, "18": 18}[version]
			want = append(want, pg.Neighbour{Dir: filepath.Join(root, dir), Major: major})
		}
		got := lookAround(Layout{Dir: filepath.Join(root, c.inside), Volume: pg.Named}, mountinfo("", root)).Clusters
		if !slices.Equal(got, want) {
			t.Errorf("%+v: got %v, want %v", c, got, want)
		}
	}
}

func TestTheLookForClustersLeavesNoVolumeAndWaitsForNothing(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	mkdir(t, filepath.Join(root, "pgdata"))
	if err := os.WriteFile(filepath.Join(outside, "PG_VERSION"), []byte("17\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(root, "data")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(root, "pgdata/PG_VERSION"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := lookAround(Layout{Dir: filepath.Join(root, "18/docker")}, mountinfo("", root)).Clusters; len(got) > 0 {
		t.Errorf("found %v", got)
	}
}
