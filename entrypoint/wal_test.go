package entrypoint

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// leadWALOut makes a pg_wal in dir that leads to a folder, which somebody else
// has locked.
func leadWALOut(t *testing.T, dir string) {
	t.Helper()
	folder := t.TempDir()
	if err := errors.Join(os.Symlink(folder, filepath.Join(dir, "pg_wal")), pgdata.Lock(folder)); err != nil {
		t.Fatal(err)
	}
}

func TestANewClusterWhoseWALSomebodyElseHasIsNotCalledReady(t *testing.T) {
	var said bytes.Buffer
	s := newStart(t, pg.Primary)
	s.Log = zerolog.New(&said)
	journal, err := pgdata.Begin(s.Volume, "init")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(journal.Staged(s.Volume), "PG_VERSION"))
	leadWALOut(t, journal.Staged(s.Volume))
	if err := s.do(t.Context(), plan.MoveIn{}); pg.ExitStatus(err) != 75 {
		t.Errorf("got %v, want exit 75", err)
	}
	if strings.Contains(said.String(), "ready for start up") {
		t.Errorf("said\n%s", said.String())
	}
}

func TestAClusterWhoseWALSomebodyElseHasIsNotMoved(t *testing.T) {
	s := newStart(t, pg.Primary)
	to := s.Volume
	root := filepath.Dir(to.Dir)
	s.Volume = pgdata.Layout{Dir: root, State: filepath.Join(root, "pgsql_tmp.pgreplica"), Fixed: true}
	write(t, filepath.Join(root, "PG_VERSION"))
	leadWALOut(t, root)
	if err := migrate(t.Context(), s.Node, to); pg.ExitStatus(err) != 75 {
		t.Errorf("got %v, want exit 75", err)
	}
	if _, err := os.Stat(filepath.Join(root, "PG_VERSION")); err != nil {
		t.Error(err)
	}
}
