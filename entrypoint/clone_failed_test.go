package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

func copyingNode(t *testing.T) *node.Node {
	return &node.Node{Config: config.Config{MasterServer: "db1", MasterPort: 5432}, Mode: pg.Standby, Volume: pgdata.Layout{State: t.TempDir()}, Log: zerolog.Nop()}
}

func TestACopyThatWouldFailAgainWaitsLongerEachTime(t *testing.T) {
	damage := fmt.Errorf("run: %w", &pgctl.DamageError{File: "base/13/1249", Block: "5", Err: errors.New("exit status 1")})
	for title, c := range map[string]struct {
		took time.Duration
		want []time.Duration
	}{
		"a small one": {5 * time.Second, []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute}},
		"a long one":  {20 * time.Minute, []time.Duration{200 * time.Minute, 6 * time.Hour, 6 * time.Hour}},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := copyingNode(t)
			for i, want := range c.want {
				err := noteCopy(n, time.Now().Add(-c.took), damage)
				if pg.ExitStatus(err) != 65 || err.Error() != "db1:5432 has damaged data: file base/13/1249, block 5 fails its checksum" ||
					!strings.Contains(pg.Hint(err), "pg_filenode_relation(1663, 1249)") || !strings.Contains(pg.Hint(err), "docker compose run --rm slave rm "+pgdata.FailedCopyFile(n.Volume)) {
					t.Errorf("%s: got %d %v\n\t%s", title, pg.ExitStatus(err), err, pg.Hint(err))
				}
				began := time.Now()
				if err := awaitNextCopy(t.Context(), n); err != nil {
					t.Fatal(err)
				}
				if waited := time.Since(began); waited < want || waited > want+8*time.Second {
					t.Errorf("%s, %d: waited %s, want %s", title, i, waited, want)
				}
			}
		})
	}
}

func TestWhoeverRemovesTheNoteOfAFailedCopyStartsTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := copyingNode(t)
		if err := pgdata.NoteFailedCopy(n.Volume, pgdata.FailedCopy{Upstream: "db1:5432", Times: 9, Until: time.Now().Add(6 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		time.AfterFunc(3*time.Minute, func() { _ = os.Remove(pgdata.FailedCopyFile(n.Volume)) })
		if err := awaitNextCopy(t.Context(), n); err != nil || time.Since(began) > 4*time.Minute {
			t.Errorf("waited %s: %v", time.Since(began), err)
		}
	})
}

func TestOnlyWhatFailsAgainIsWaitedFor(t *testing.T) {
	program := &pgctl.ProgramError{Program: "pg_basebackup", Line: "pg_basebackup: error: could not read COPY data: server closed the connection unexpectedly", Err: errors.New("exit status 1")}
	for title, c := range map[string]struct {
		err   error
		noted bool
	}{
		"a link that broke":           {program, false},
		"a signal":                    {context.Canceled, false},
		"no room":                     {&pg.Fault{Text: "the copy does not fit", Exit: node.ExitDisk}, false},
		"a primary that is away":      {&pgsql.Failure{Class: pgsql.Transient}, false},
		"a file that may not be read": {&pgctl.UnreadableError{Said: `could not open file "./x": Permission denied`, Err: program}, true},
		"a folder of that kind":       {&pgsql.Failure{Fault: pg.Fault{ID: "copy-unreadable", Text: "a folder"}, Class: pgsql.Permanent}, true},
		"a copy that differs":         {fmt.Errorf("%w: %w", errDiffers, program), true},
		"success":                     {nil, false},
	} {
		n := copyingNode(t)
		err := noteCopy(n, time.Now(), c.err)
		_, noted := pgdata.ReadFailedCopy(n.Volume, n.UpstreamAddress())
		if noted != c.noted || !errors.Is(err, c.err) || noted && pg.Hint(err) == "" {
			t.Errorf("%s: got %v, noted %v", title, err, noted)
		}
	}
	n := copyingNode(t)
	if err := os.WriteFile(filepath.Join(n.Volume.State, "copy-failed.json"), []byte("cut sho"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := awaitNextCopy(t.Context(), n); err != nil {
		t.Errorf("a note that nobody can read: %v", err)
	}
	if err := pgdata.NoteFailedCopy(n.Volume, pgdata.FailedCopy{Upstream: "db2:5432", Times: 1, Until: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := awaitNextCopy(t.Context(), n); err != nil {
		t.Errorf("a note of another server: %v", err)
	}
}
