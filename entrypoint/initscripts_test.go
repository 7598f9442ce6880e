package entrypoint

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

func TestScriptsOfTheEarlierProjectAreKnown(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"1.sql":     "CREATE ROLE postgres_replicator; -- createuser, pg_basebackup",
		"2.sh":      `psql -c "GRANT pg_monitor TO postgres_replicator"`,
		"3.txt":     "pg_basebackup",
		"initdb.sh": "createuser -dlrs adempiere\npsql -c \"CREATE USER postgres_replicator REPLICATION\"",
		"conf.sh":   "cp /tmp/postgresql/pg_hba.conf $PGDATA # for postgres_replicator",
		"slave.sh":  "rm -rf /var/lib/postgresql/data\npg_basebackup -R",
		".hidden":   "hidden",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wanted, old, err := findScripts(dir)
	if err != nil {
		t.Fatal(err)
	}
	base := func(paths []string) string {
		var names []string
		for _, path := range paths {
			names = append(names, filepath.Base(path))
		}
		return strings.Join(names, " ")
	}
	if got := base(wanted); got != "1.sql 2.sh 3.txt" {
		t.Errorf("to run: %s", got)
	}
	if got := base(old); got != "conf.sh initdb.sh slave.sh" {
		t.Errorf("not to run: %s", got)
	}
	if wanted, _, err := findScripts(filepath.Join(dir, "none")); len(wanted) > 0 || err != nil {
		t.Errorf("no folder: got %v and %v", wanted, err)
	}
}

func TestWhatScriptsWroteOutsideTheClusterIsRefused(t *testing.T) {
	root := t.TempDir()
	state := filepath.Join(root, "pgsql_tmp.pgreplica")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	below := pgdata.Layout{Dir: filepath.Join(root, "pgdata"), State: filepath.Join(root, ".pgreplica")}
	atRoot := pgdata.Layout{Dir: root, State: state, Fixed: true}
	write := func(name string, at time.Time) {
		path := filepath.Join(root, name)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	write("postgresql.conf", began.Add(-time.Hour))
	write("notes.txt", began.Add(-time.Hour))
	for _, l := range []pgdata.Layout{below, atRoot} {
		if err := checkAstray(l, began); err != nil {
			t.Errorf("nothing was written: %v", err)
		}
	}
	write("pg_hba.conf", began.Add(time.Second))
	write("server.key", began.Add(time.Second))
	for _, test := range []struct {
		layout pgdata.Layout
		want   []string
	}{{below, []string{"pg_hba.conf"}}, {atRoot, []string{"pg_hba.conf", "server.key"}}} {
		for i, name := range test.want {
			test.want[i] = filepath.Join(root, name)
		}
		err, want := checkAstray(test.layout, began), scriptsAstray(test.want)
		if err == nil || err.Error() != want.Text || pg.Hint(err) != want.Fix {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestScriptsGetTheVariablesAsTheyWereUnderstood(t *testing.T) {
	cfg, _, err := config.Load([]string{"REPLICATION_MODE=primary", "POSTGRES_USER=erp", "POSTGRES_PASSWORD=it's", "REPLICATION_PASSWORD=two"})
	if err != nil {
		t.Fatal(err)
	}
	s := &start{Node: &node.Node{Config: cfg}, environ: []string{"OTHER=1", "POSTGRES_PASSWORD_FILE=/run/secrets/one", "POSTGRES_USER=", "PGDATA=/elsewhere", "PGPORT=5433"}}
	environ := s.scriptEnviron("/staged")
	slices.Sort(environ)
	want := []string{"HOME=" + os.Getenv("HOME"), "OTHER=1", "PGDATA=/staged", "PGPASSWORD=it's", "PGPORT=5433", "POSTGRES_DB=erp",
		"POSTGRES_HOST_AUTH_METHOD=", "POSTGRES_INITDB_ARGS=", "POSTGRES_PASSWORD=it's", "POSTGRES_USER=erp"}
	if !slices.Equal(environ, want) {
		t.Errorf("got  %q\nwant %q", environ, want)
	}
}
