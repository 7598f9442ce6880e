//go:build integration

package integration

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// walFolder is where the WAL of a node lies: a first cluster has all of /wal, a
// copy a folder in it.
func (n *node) walFolder() string {
	n.t.Helper()
	folder := n.Exec("readlink", "-e", dataDir+"/pg_wal")
	if folder != "/wal" && path.Dir(folder) != "/wal" {
		n.t.Errorf("the WAL of %s lies in %s", n.name, folder)
	}
	return folder
}

func TestWALLiesOnAVolumeOfItsOwn(t *testing.T) {
	t.Parallel()
	network := networkFor(t, "wal")
	a, b := newNode(t, network, "a"), newNode(t, network, "b")
	const setting = "POSTGRES_INITDB_WALDIR=/wal"
	for _, n := range []*node{a, b} {
		n.mount(t, "wal", "/wal")
	}
	a.as("primary", "", setting)
	a.Healthy()
	if folder := a.walFolder(); folder != "/wal" {
		t.Errorf("the WAL of a first cluster lies in %s", folder)
	}
	b.as("standby", "a", setting, "CLONE_MAX_RATE=1M")
	b.Says("percent=")
	b.Kill("KILL")
	cut, _ := Run(t, "--volume", b.mounts[0], image("slave"), "ls", "/wal")
	if !strings.HasPrefix(cut, "clone-") {
		t.Errorf("a copy that was killed left %q in its WAL directory", cut)
	}
	for _, settings := range [][]string{{setting}, nil} { // the variable counts only for new data
		b.as("standby", "a", settings...)
		b.as("standby", "a", setting)
		b.Healthy()
		follows(t, a.Container, b.Container)
		if all := b.Exec("ls", "/wal"); all != path.Base(b.walFolder()) || all == cut {
			t.Errorf("the WAL directory holds %q, the WAL lies in %s", all, b.walFolder())
		}
	}
	a.as("primary", "")
	a.Healthy()
	a.walFolder()
	follows(t, a.Container, b.Container)

	// A copy of the data has the same WAL. Whoever comes second stays away.
	copied := newNode(t, network, "copy")
	if said, status := Run(t, "--volume", a.volume+":/from", "--volume", copied.volume+":/to", image("master"), "cp", "-a", "/from/.", "/to"); status != 0 {
		t.Fatal(said)
	}
	started := a.SQL("SELECT pg_postmaster_start_time()")
	copied.mounts = a.mounts
	copied.as("primary", "", "LOCK_WAIT=1s")
	if status := copied.ends(); status != "75" {
		t.Errorf("a second server on the same WAL ends with %s, want 75", status)
	}
	copied.Says("another container is using this volume", a.walFolder())
	if again := a.SQL("SELECT pg_postmaster_start_time()"); again != started {
		t.Errorf("the first server was restarted: %s, %s", started, again)
	}
}

func TestAWALDirectoryIsNoLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink("/etc", filepath.Join(dir, "wal")); err != nil {
		t.Fatal(err)
	}
	said, status := Run(t, "--env", "POSTGRES_PASSWORD=test-1", "--env", "POSTGRES_INITDB_WALDIR=/mnt/wal", "--volume", dir+":/mnt", image("master"))
	if status != 65 || !strings.Contains(said, "/mnt/wal") || !strings.Contains(said, "symbolic link") {
		t.Errorf("exit %d, want 65 and the link:\n%s", status, said)
	}
}
