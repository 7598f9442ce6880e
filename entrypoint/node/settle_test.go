package node

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/integration/apart"
)

// cover gives this process, which runs apart, a folder for sockets of its own.
func cover(t *testing.T) {
	t.Helper()
	apart.Cover(t, "/run")
	if err := os.MkdirAll(SocketDir, 0o755); err != nil {
		t.Fatal(err)
	}
}

// TestAVolumeIsGivenWithAllThatIsInIt settles, in a process of its own, on a volume
// of root's whose mount point is the data directory.
func TestAVolumeIsGivenWithAllThatIsInIt(t *testing.T) {
	if apart.Inside(t) {
		cover(t)
		dir := os.Getenv("VOLUME")
		state := filepath.Join(dir, "pgsql_tmp.pgreplica")
		n := &Node{Volume: pgdata.Layout{Dir: dir, State: state, Old: state, Fixed: true}}
		if err := n.settle(); err != nil {
			t.Error(err)
		}
		return
	}
	uid, _, err := host.ServerIDs()
	if err != nil || os.Getuid() != 0 {
		t.Skip("needs root and a user " + host.ServerUser)
	}
	dir := t.TempDir()
	for _, name := range []string{"PG_VERSION", "base/1/1255", "pgsql_tmp.pgreplica/state.json"} {
		place(t, filepath.Join(dir, name), "")
	}
	cmd := apart.Command(t)
	cmd.Env, cmd.SysProcAttr = append(cmd.Env, "VOLUME="+dir), apart.OwnMounts()
	apart.Output(t, cmd)
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		owned, errOwner := host.Owned(path, uid)
		if !owned {
			t.Errorf("%s is still root's", path)
		}
		return errors.Join(err, errOwner)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestACommandBesideAStartLeavesItsMark notes something in a process of its own,
// first beside a start and then as one.
func TestACommandBesideAStartLeavesItsMark(t *testing.T) {
	if !apart.Inside(t) {
		cmd := apart.Command(t)
		cmd.SysProcAttr = apart.OwnMounts()
		apart.Output(t, cmd)
		return
	}
	cover(t)
	own := strconv.Itoa(os.Getpid())
	for before, want := range map[string]string{
		"1\ncopying the primary\n":        "1\ncopying the primary\n",
		own + "0\ncopying the primary\n":  own + "0\ncopying the primary\n",
		own + "\nlooking at the volume\n": own + "\nwaiting for the slot\n",
	} {
		place(t, DoingFile, before)
		Doing("waiting for the slot")
		if got, err := os.ReadFile(DoingFile); err != nil || string(got) != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}
