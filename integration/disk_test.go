//go:build integration

package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// smallDisk is a folder on a file system of its own, of that many megabytes.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, to mount a file system")
	}
	backing, at := filepath.Join(t.TempDir(), "disk"), t.TempDir()
	for _, command := range [][]string{
		{"truncate", "--size", fmt.Sprintf("%dM", megabytes), backing}, {"mkfs.ext4", "-q", backing}, {"mount", "-o", "loop", backing, at},
	} {
		if said, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, said)
		}
	}
	t.Cleanup(func() {
		if said, err := exec.Command("umount", at).CombinedOutput(); err != nil {
			t.Errorf("umount: %v\n%s", err, said)
		}
	})
	return at
}

// primaryAndDisk runs a primary with a table of so many rows, some 700 bytes
// each, and returns it beside a node whose volume is that disk.
func primaryAndDisk(t *testing.T, name, disk string, rows int) (a, b *node) {
	t.Helper()
	a, b = newNode(t, networkFor(t, name), "a"), newNode(t, "", "b")
	a.as("primary", "")
	a.Healthy()
	a.SQL(fmt.Sprintf("CREATE TABLE large AS SELECT repeat(md5(n::text), 20) AS text FROM generate_series(1, %d) AS n", rows))
	b.network, b.volume = a.network, disk
	return a, b
}

// TestACopyThatCannotFitIsRefused gives a standby a disk that is too small for
// its primary, with a cluster on it that was there before.
func TestACopyThatCannotFitIsRefused(t *testing.T) {
	disk := smallDisk(t, 120)
	_, b := primaryAndDisk(t, "full", disk, 150000)
	foreign, status := Run(t, "--volume", disk+":"+volume, image("slave"), "sh", "-c", "chown postgres "+volume+` && setpriv --reuid postgres --clear-groups sh -c '
		initdb --pgdata `+dataDir+` >/dev/null 2>&1 && cd `+dataDir+" && "+strings.ReplaceAll(checksums, "'", `"`)+"'")
	if status != 0 {
		t.Fatalf("make a foreign cluster: %s", foreign)
	}

	b.as("standby", "a")
	if status := b.ends(); status != "73" {
		t.Errorf("the standby ends with %s, want 73", status)
	}
	b.Says("does not fit", "Make room on the volume")
	kept, _ := Run(t, "--volume", disk+":"+volume, image("slave"), "sh", "-c", "cd "+dataDir+" && "+checksums)
	if kept != foreign {
		t.Errorf("the data that was there is not as it was: %s, %s", kept, foreign)
	}
	if left, _ := Run(t, "--volume", disk+":"+volume, image("slave"), "sh", "-c", "ls "+beside+"/.pgreplica"); left != "state.json" {
		t.Errorf("left in the state directory: %s", left)
	}
}

// TestADiskThatFillsUpDuringACopyLosesNothing lets the disk fill up after the
// copy has begun, so that no estimate can warn.
func TestADiskThatFillsUpDuringACopyLosesNothing(t *testing.T) {
	disk := smallDisk(t, 300)
	a, b := primaryAndDisk(t, "fills", disk, 100000)
	b.as("standby", "a", "CLONE_MAX_RATE=10M")
	b.Says("percent=")
	ballast := filepath.Join(disk, "ballast")
	if said, err := exec.Command("sh", "-c", "cat /dev/zero > '"+ballast+"'").CombinedOutput(); !strings.Contains(string(said), "No space") {
		t.Fatalf("fill the disk: %v\n%s", err, said)
	}
	if status := b.ends(); status != "73" {
		t.Errorf("the standby ends with %s, want 73", status)
	}
	b.Says("the volume is full")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	b.as("standby", "a")
	b.Healthy()
	follows(t, a.Container, b.Container)
	if slots := a.SQL("SELECT count(*) FROM pg_replication_slots"); slots != "1" {
		t.Errorf("%s slots on the primary, want 1", slots)
	}
}

func TestAReadOnlyVolumeIsNamed(t *testing.T) {
	t.Parallel()
	name, empty := namedVolume(t, "ro"), namedVolume(t, "ro-empty")
	server := Start(t, "--env", "POSTGRES_PASSWORD=test", "--volume", name+":"+volume, image("master"))
	server.Healthy()
	server.Docker("stop")
	for _, mount := range []string{name + ":" + volume + ":ro", empty + ":" + volume + ":ro"} {
		said, status := Run(t, "--env", "POSTGRES_PASSWORD=test", "--volume", mount, image("master"))
		if status != 73 || !strings.Contains(said, "read-only") {
			t.Errorf("%s: exit %d, want 73 and read-only:\n%s", mount, status, said)
		}
	}
}

// TestANearlyFullVolumeIsWarnedAbout leaves a primary's disk less than two
// files of WAL, and starts it all the same: its data is there.
func TestANearlyFullVolumeIsWarnedAbout(t *testing.T) {
	disk := smallDisk(t, 160)
	n := newNode(t, networkFor(t, "nearly"), "a")
	n.volume = disk
	n.as("primary", "")
	n.Healthy()
	if got := n.SQL("SELECT current_setting('max_wal_size') || ' ' || current_setting('min_wal_size')"); got != "128MB 32MB" {
		t.Errorf("max_wal_size and min_wal_size do not come from the volume: %s", got)
	}
	n.Docker("stop")
	if said, err := exec.Command("sh", "-c", `fallocate -l $(($(df --output=avail -B1 "$1" | tail -n 1) - 20000000)) "$1/ballast"`, "fill", disk).CombinedOutput(); err != nil {
		t.Fatalf("fill the disk: %v\n%s", err, said)
	}
	n.as("primary", "")
	n.Healthy()
	n.Says("the volume is nearly full", "Make room on the volume")
}

func networkFor(t *testing.T, name string) string {
	t.Helper()
	network := own(name)
	if output, err := docker("network", "create", network); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	t.Cleanup(func() { docker("network", "rm", network) })
	return network
}
