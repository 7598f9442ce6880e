package pgsql

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

// backup is a copy of the running server that has never run itself.
func (s *server) backup(t *testing.T, name string) *server {
	t.Helper()
	copied := &server{dir: filepath.Join(s.dir, name), data: filepath.Join(s.dir, name, "data")}
	s.run(t, nil, "pg_basebackup", "-h", s.dir, "-p", port(s), "-U", "postgres", "-D", copied.data, "-c", "fast", "-X", "stream", "--no-sync")
	return copied
}

// copyFiles is a copy of the stopped server.
func (s *server) copyFiles(t *testing.T, name string) *server {
	t.Helper()
	copied := &server{dir: filepath.Join(s.dir, name), data: filepath.Join(s.dir, name, "data")}
	if err := os.Mkdir(copied.dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if uid, gid := postgresUser(t); os.Geteuid() == 0 {
		if err := os.Chown(copied.dir, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("cp", "-a", s.data, copied.data).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v\n%s", err, out)
	}
	return copied
}

func (s *server) stop(t *testing.T) {
	t.Helper()
	s.run(t, nil, "pg_ctl", "stop", "-D", s.data, "-m", "fast", "-w")
}

func (s *server) lsn(t *testing.T, expression string) pg.LSN {
	t.Helper()
	var text string
	if err := s.connect(t).QueryRow(context.Background(), "SELECT "+expression+"::text").Scan(&text); err != nil {
		t.Fatal(err)
	}
	at, err := pg.ParseLSN(text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (s *server) flushed(t *testing.T) pg.LSN {
	t.Helper()
	return s.lsn(t, "pg_current_wal_flush_lsn()")
}

func (s *server) minRecovery(t *testing.T) pg.LSN {
	t.Helper()
	found := regexp.MustCompile(`Minimum recovery ending location: +(\S+)`).FindStringSubmatch(s.run(t, nil, "pg_controldata", s.data))
	at, err := pg.ParseLSN(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// tail is the file that WAL ends in, up to the end.
func (s *server) tail(t *testing.T, timeline pg.Timeline, end pg.LSN) (start pg.LSN, local []byte) {
	t.Helper()
	start = (end - 1) / segment * segment
	return start, []byte(s.read(t, filepath.Join("pg_wal", pg.WALFile(timeline, start, segment))))[:end-start]
}

func (s *server) awaitTrue(t *testing.T, condition string) {
	t.Helper()
	conn := s.connect(t)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var yes *bool
		if err := conn.QueryRow(context.Background(), "SELECT "+condition).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		if yes != nil && *yes {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not become true: %s", condition)
		}
	}
}

// noSenders checks that we leave no walsender behind.
func (s *server) noSenders(t *testing.T) {
	t.Helper()
	var names []string
	const query = "SELECT coalesce(array_agg(state), '{}') FROM pg_stat_replication WHERE application_name = 'a_standby'"
	if err := s.connect(t).QueryRow(context.Background(), query).Scan(&names); err != nil || len(names) > 0 {
		t.Errorf("walsenders are left: %s (%v)", strings.Join(names, " "), fmt.Sprint(err))
	}
}
