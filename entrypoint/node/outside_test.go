package node

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

func TestAFullFolderOfTheContainerIsNotCalledTheVolume(t *testing.T) {
	n := &Node{Mode: pg.Standby, Volume: pgdata.Layout{Dir: "/var/lib/postgresql/data/pgdata", State: "/var/lib/postgresql/data/.pgreplica", WALDir: "/tmp/wal"}}
	call := func(path string, errno syscall.Errno) error {
		return fmt.Errorf("wrap: %w", &fs.PathError{Op: "write", Path: path, Err: errno})
	}
	program := func(line string) error {
		return &pgctl.ProgramError{Program: "initdb", Line: line, Err: errors.New("exit status 1")}
	}
	for _, c := range []struct {
		err       error
		want, fix string
	}{
		{call("/var/run/postgresql/.pgreplica/passfile", syscall.ENOSPC), "/var/run/postgresql is full, which is no part of the data volume: ", "tmpfs: ['/var/run/postgresql:"},
		{call("/var/run/postgresql/.pgreplica", syscall.EROFS), "/var/run/postgresql is read-only, ", "tmpfs: "},
		{call("/var/run/postgresql/.pgreplica", syscall.EACCES), "/var/run/postgresql may not be written by uid ", "tmpfs: "},
		{call("/tmp/passwd-1", syscall.ENOSPC), "/tmp is full, ", "tmpfs: ['/tmp:"},
		{call("/tmp/wal/x", syscall.ENOSPC), "the volume is full: ", "larger"},
		{call("/var/lib/postgresql/data/.pgreplica/state.json", syscall.ENOSPC), "the volume is full: ", "larger"},
		{program(`FATAL:  could not create lock file "/var/run/postgresql/.s.PGSQL.5432.lock": No space left on device`), "/var/run/postgresql is full, ", "docker compose up -d slave"},
		{program(`FATAL:  could not resize shared memory segment "/PostgreSQL.1" to 1048576 bytes: No space left on device`), "/dev/shm is full, ", "shm_size: 256mb"},
		{program(`initdb: error: could not write file "/var/lib/postgresql/data/.pgreplica/init-1/PG_VERSION": No space left on device`), "the volume is full: ", "larger"},
		{program(`child process was terminated by signal 9: Killed`), "initdb: child process was terminated by signal 9", "mem_limit"},
		{program(`initdb: error: anything else`), "initdb: initdb: error: anything else", ""},
	} {
		got := n.Explain(c.err)
		if !strings.HasPrefix(got.Error(), c.want) || !strings.Contains(pg.Hint(got), c.fix) {
			t.Errorf("%v: got %v\n\t%s", c.err, got, pg.Hint(got))
		}
	}
}
