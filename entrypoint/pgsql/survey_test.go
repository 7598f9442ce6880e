package pgsql

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

// tablespace makes a folder for a tablespace, and the tablespace with a table.
func (s *server) tablespace(t *testing.T, name string) pg.Tablespace {
	t.Helper()
	location := filepath.Join(s.dir, name)
	s.run(t, nil, "psql", "-h", s.dir, "-p", port(s), "-U", "postgres", "-d", "postgres", "-XAtqc", "COPY (SELECT) TO PROGRAM 'mkdir ''"+location+"'''")
	s.sql(t, `CREATE TABLESPACE "`+name+`" LOCATION '`+location+`'`, `CREATE TABLE "`+name+`" TABLESPACE "`+name+`" AS SELECT generate_series(1, 100000) AS n`)
	made := pg.Tablespace{Location: location}
	if err := s.connect(t).QueryRow(t.Context(), "SELECT oid FROM pg_tablespace WHERE spcname = $1", name).Scan(&made.OID); err != nil {
		t.Fatal(err)
	}
	return made
}

func TestASurveyNamesEachTablespaceAndTheSizeOfAll(t *testing.T) {
	s := startServer(t, []string{everybody}, "max_wal_senders=1")
	s.makeRole(t, "r", "secret")
	session := NewSession(s.upstream("r", "secret"))
	defer session.Close()
	want := []pg.Tablespace{s.tablespace(t, "one"), s.tablespace(t, "two=2 more")}

	survey, err := session.Survey(within(t, 20*time.Second), "fast", func(time.Duration) {})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(survey.Tablespaces, func(a, b pg.Tablespace) int { return cmp.Compare(a.OID, b.OID) })
	if !slices.Equal(survey.Tablespaces, want) {
		t.Errorf("got %v, want %v", survey.Tablespaces, want)
	}
	var databases int64
	if err := s.connect(t).QueryRow(t.Context(), "SELECT sum(pg_database_size(oid)) FROM pg_database").Scan(&databases); err != nil {
		t.Fatal(err)
	}
	if survey.Bytes < databases || survey.Bytes > databases+databases/4 {
		t.Errorf("got %d bytes, the databases have %d", survey.Bytes, databases)
	}
	// The session goes on, and its place, the only one, is free when it is closed.
	if _, err := session.Identify(within(t, 20*time.Second)); err != nil {
		t.Error(err)
	}
	session.Close()
	if again, err := session.Survey(within(t, 20*time.Second), "fast", func(time.Duration) {}); err != nil || again.Bytes < databases {
		t.Errorf("a second survey: %+v, %v", again, err)
	}
}

func TestAFolderThatTheServerMayNotReadIsNotTheRolesFault(t *testing.T) {
	s := startServer(t, []string{everybody})
	s.makeRole(t, "r", "secret")
	for _, folder := range []string{"lost+found", "a folder"} {
		path := filepath.Join(s.data, folder)
		if err := os.Mkdir(path, 0); err != nil {
			t.Fatal(err)
		}
		_, err := open(t, s.upstream("r", "secret")).Survey(within(t, 20*time.Second), "fast", func(time.Duration) {})
		check(t, folder, err, Permanent, 78, s.upstream("r", "").address()+` cannot read its own data: could not open directory "./`+folder+`"`, "chown -R postgres: ")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestASurveyOfAServerThatIsFrozenIsNoticed stops the walsender that it asks, and
// lets it go on at the second silence.
func TestASurveyOfAServerThatIsFrozenIsNoticed(t *testing.T) {
	s := startServer(t, []string{everybody})
	s.makeRole(t, "r", "secret")
	session := open(t, s.upstream("r", "secret"))
	walsender, silences := int(session.conn.PID()), 0
	if err := syscall.Kill(walsender, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	survey, err := session.Survey(within(t, 20*time.Second), "fast", func(since time.Duration) {
		if silences++; since < time.Duration(silences)*time.Second {
			t.Errorf("silence %d: of %s", silences, since)
		}
		if silences == 2 {
			_ = syscall.Kill(walsender, syscall.SIGCONT)
		}
	})
	if err != nil || survey.Bytes == 0 || silences != 2 {
		t.Errorf("got %+v, %v after %d silences", survey, err, silences)
	}
	if _, err := session.Identify(within(t, 20*time.Second)); err != nil || int(session.conn.PID()) != walsender {
		t.Errorf("the connection was lost: %v", err)
	}
}
