package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

func TestAFaultOfTheVolumeIsExplainedOnce(t *testing.T) {
	n := &Node{Mode: pg.Primary, Volume: pgdata.Below(filepath.Join(t.TempDir(), "pgdata"))}
	full := &os.PathError{Op: "write", Path: n.Volume.Dir, Err: syscall.ENOSPC}
	for _, c := range []struct {
		err    error
		status int
		text   string
	}{
		{full, ExitDisk, "the volume is full: write " + n.Volume.Dir + ": no space left on device"},
		{&pgctl.ProgramError{Program: "initdb", Line: "initdb: error: could not write: No space left on device"}, ExitDisk, "the volume is full: initdb: initdb: error: could not write: No space left on device"},
		{&os.PathError{Op: "open", Path: n.Volume.Dir, Err: syscall.EROFS}, ExitDisk, "the data volume is mounted read-only: open " + n.Volume.Dir + ": read-only file system"},
		{&pg.Fault{Text: "the folder for sockets is full", Exit: 70, Err: full}, 70, "the folder for sockets is full"},
		{fmt.Errorf("make a cluster: %w", &pg.Fault{Text: "no room", Exit: 70, Err: full}), 70, "make a cluster: no room"},
		{fmt.Errorf("anything else"), 1, "anything else"},
	} {
		if err := n.Explain(c.err); err.Error() != c.text || pg.ExitStatus(err) != c.status {
			t.Errorf("got %v, exit %d, want %s, exit %d", err, pg.ExitStatus(err), c.text, c.status)
		}
		if again := n.Explain(n.Explain(c.err)); again.Error() != c.text {
			t.Errorf("explained again: %v", again)
		}
	}
	if err := n.Explain(nil); err != nil {
		t.Errorf("nothing: got %v", err)
	}
}

func TestAFullVolumeIsMadeRoomOnWhereItIs(t *testing.T) {
	for mode, want := range map[pg.Mode]string{pg.Primary: "docker compose run --rm master rm -r ", pg.Standby: "docker compose run --rm slave rm -r "} {
		n := &Node{Mode: mode, Volume: pgdata.Below(filepath.Join(t.TempDir(), "pgdata"))}
		old := filepath.Join(n.Volume.Old, "data_old-20261123T200000Z")
		if err := os.Mkdir(old, 0o700); err != nil {
			t.Fatal(err)
		}
		if advice := n.RoomAdvice(); !strings.Contains(advice, want+old) {
			t.Errorf("a %s is told: %s", mode, advice)
		}
	}
}
