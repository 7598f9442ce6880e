//go:build integration

package integration

import (
	"path/filepath"
	"strings"
	"testing"
)

// misplace is where images of other versions mount a volume.
var misplace = map[string]string{"/var/lib/postgresql": "/var/lib/postgresql/data", "/var/lib/postgresql/data": "/var/lib/postgresql"}[volume]

// TestNothingIsBegunBesideDataThatIsThere mounts a volume where another version
// would look for it, or one that holds a cluster in another place.
func TestNothingIsBegunBesideDataThatIsThere(t *testing.T) {
	t.Parallel()
	const files = "find . -type f -ls" // Docker itself makes folders to mount on
	other := func(dir, version string) string {
		return "mkdir -p " + dir + " && echo " + version + " > " + dir + "/PG_VERSION"
	}
	for title, test := range map[string]struct {
		mount, leave, status, want string
	}{
		"an empty volume where another version keeps it": {misplace, "true", "77", "a volume is mounted beside the data directory: it is mounted at " + misplace},
		"a cluster there":                                 {misplace, other(".", "12"), "65", "PostgreSQL 12 lies in " + misplace},
		"a cluster of this version there":                 {misplace, other(".", major), "65", "PostgreSQL " + major + " lies in " + misplace},
		"a cluster of another version on the volume":      {volume, other("12/docker", "12"), "65", "PostgreSQL 12 lies in " + volume + "/12/docker"},
		"a cluster of the same version in another folder": {volume, other("data", major), "65", "PGDATA: " + volume + "/data"},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			there := namedVolume(t, title)
			look := func(line string) string {
				said, _ := Run(t, "--volume", there+":/look", "--workdir", "/look", image("master"), "sh", "-c", line)
				return said
			}
			before := look(test.leave + "; " + files)
			for _, side := range []string{"master", "slave"} {
				refused := Start(t, "--env", "POSTGRES_PASSWORD=test", "--env", "REPLICATION_PASSWORD=test-2", "--env", "MASTER_SERVER=nowhere.invalid",
					"--volume", there+":"+test.mount, image(side))
				Eventually(t, "the "+side+" ends", func() bool { return refused.Inspect("{{.State.Status}}") == "exited" })
				if status := refused.Inspect("{{.State.ExitCode}}"); status != test.status {
					t.Errorf("the %s: exit %s, want %s", side, status, test.status)
				}
				refused.Says(test.want, "docker compose up -d")
			}
			if after := look(files); after != before {
				t.Errorf("the volume held\n%s\nand now\n%s", before, after)
			}
		})
	}
}

// TestTheVersionAloneIsEnoughForCompose has PG_MAJOR in its environment, and
// not what make adds to it from 18 on.
func TestTheVersionAloneIsEnoughForCompose(t *testing.T) {
	t.Parallel()
	if volume == "/var/lib/postgresql/data" {
		t.Skip("make adds nothing to this version")
	}
	pair := Up(t, "PG_VOLUME=", "PG_DATA=")
	pair.Replicates()
	if got := pair.SQL("slave", "SHOW data_directory"); got != "/var/lib/postgresql/data/pgdata" {
		t.Errorf("the data lies in %s", got)
	}
}

func TestADataDirectoryIsStartedWhateverLiesBesideIt(t *testing.T) {
	t.Parallel()
	data, wal := namedVolume(t, "data"), namedVolume(t, "wal")
	args := []string{"--env", "POSTGRES_PASSWORD=test", "--volume", data + ":" + volume, "--volume", wal + ":/var/lib/postgresql/wal", image("master")}
	primary := Start(t, args...)
	primary.Healthy()
	primary.Exec("sh", "-c", "mkdir -p "+volume+"/12/docker && echo 12 > "+volume+"/12/docker/PG_VERSION")
	if got := primary.SQL("SHOW data_directory"); got != dataDir {
		t.Errorf("the data lies in %s, want %s", got, filepath.Clean(dataDir))
	}
	primary.Docker("stop")
	primary.Docker("start")
	primary.Healthy()
}

// namedVolume has a name that no unnamed volume could have.
func namedVolume(t *testing.T, title string) string {
	t.Helper()
	name := own(strings.ReplaceAll(title, " ", "-"))
	t.Cleanup(func() { docker("volume", "rm", name) })
	return name
}
