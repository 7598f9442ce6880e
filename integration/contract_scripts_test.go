//go:build integration

package integration

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The names and the password hold what a shell, SQL and pg_hba.conf each take
// for their own. PostgreSQL itself wants no quotes in the name of a superuser.
var (
	cool         = person{`my cool user`, `my "cool" database`}
	coolPassword = `it's a "cool" $password\`
)

// say writes down what a script finds. It names no host: psql finds the server.
const say = `say() {
	psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -q -v what="$1" -v saw="$2" <<<"INSERT INTO saw VALUES (:'what', :'saw')"
}
`

func scriptsOfEveryKind() map[string]string {
	texts := notes("0_sql.sql", "1-one.sql", "10-ten.sql", "9_nine.sql", "g_gz.sql", "X_xz.sql", "z_zst.sql", "..data/linked.sql", "more/nested.sql", "ignored.txt")
	maps.Copy(texts, map[string]string{
		"00_tables.sql": "CREATE TABLE saw (what text, it text);\nALTER SYSTEM SET deadlock_timeout = '3s';\n",
		"a_run.sh!": "#!/bin/bash\nset -e\n" + say + `
			say user "$POSTGRES_USER"; say database "$POSTGRES_DB"; say password "$POSTGRES_PASSWORD"; say custom "$CUSTOM"
			say who "$(id -un)"; say folder "$PWD"; say umask "$(umask)"
			say connections "$(psql -XAtU "$POSTGRES_USER" -d "$POSTGRES_DB" -c 'SHOW max_connections')"
			say pgdata "$([ "$PGDATA" -ef "$(psql -XAtU "$POSTGRES_USER" -d postgres -c 'SHOW data_directory')" ] && echo the server\'s)"
			for host in 127.0.0.1 "$(hostname -i)"; do if pg_isready -q -U postgres -h "$host"; then say tcp open; fi; done
			echo "a script's own words"`,
		"B_source.sh": `file_env APP_SECRET 'not this'
			export SEEN="by the next one, with $APP_SECRET"
			"${psql[@]}" -c "INSERT INTO ran (script) VALUES ('B_source.sh')"
			docker_process_sql --dbname postgres <<<'CREATE TABLE in_postgres ()'
			docker_process_init_files /docker-entrypoint-initdb.d/more/*`,
		"c_plain.sh!": say + `say exported "$SEEN"`,
		"d_conf.sh!": "#!/bin/sh\n" + `echo "work_mem = '7MB'
			include = '$PGDATA/more.conf'" >>"$PGDATA/postgresql.conf"
			echo "maintenance_work_mem = '33MB'" >"$PGDATA/more.conf"
			echo "host all all 203.0.113.7/32 reject" >>"$PGDATA/pg_hba.conf"`,
		"e_restart.sh!": "#!/bin/bash\nset -e\n" + say + `pg_ctl -D "$PGDATA" -m fast -w restart
			if pg_isready -q -U postgres -h 127.0.0.1; then say tcp open; fi
			say restarted "$(psql -XAtU "$POSTGRES_USER" -d "$POSTGRES_DB" -c 'SHOW work_mem')"`,
	})
	return texts
}

const (
	wantRan = "0_sql.sql 10-ten.sql 1-one.sql 9_nine.sql B_source.sh more/nested.sql g_gz.sql ..data/linked.sql X_xz.sql z_zst.sql"
	wantSaw = `connections: 42
custom: a $custom "value"
database: my "cool" database
exported: by the next one, with the application's
folder: /
password: it's a "cool" $password\
pgdata: the server's
restarted: 7MB
umask: 0022
user: my cool user
who: postgres`
)

func scriptsRunOnce(t *testing.T) {
	mount := scripts(t, scriptsOfEveryKind())
	dir, _, _ := strings.Cut(mount, ":")
	compress := "cd /scripts && gzip g_gz.sql && xz X_xz.sql && zstd -q --rm z_zst.sql"
	if said, status := Run(t, "--volume", dir+":/scripts", contracted(), "sh", "-c", compress); status != 0 {
		t.Fatal(said)
	}
	if err := os.Symlink("..data/linked.sql", filepath.Join(dir, "m_linked.sql")); err != nil {
		t.Fatal(err)
	}
	volumes := []string{"--volume", newVolume(t) + ":" + volume}
	args := slices.Concat(volumes, secretFiles(t), []string{"--volume", mount, "--env", `CUSTOM=a $custom "value"`,
		contracted(), "-c", "shared_buffers=16MB", "-c", "max_connections=42"})
	server := Start(t, args...)
	serves(t, server)

	expect(t, "scripts that ran", cool.asks(server, ran), wantRan)
	expect(t, "what they saw", cool.asks(server, `SELECT what||': '||it FROM saw ORDER BY what COLLATE "C"`), wantSaw)
	expect(t, "settings of theirs", cool.asks(server, `SELECT concat_ws(' ', current_setting('work_mem'), current_setting('maintenance_work_mem'),
		current_setting('deadlock_timeout'), current_setting('shared_buffers'), current_setting('data_checksums'), current_setting('lc_messages'),
		(SELECT auth_method FROM pg_hba_file_rules WHERE address = '203.0.113.7'))`), "7MB 33MB 3s 16MB on C reject")
	expect(t, "a table in postgres", person{cool.name, "postgres"}.asks(server, "TABLE in_postgres"), "")
	server.Says("a script's own words", "/docker-entrypoint-initdb.d/a_run.sh", "/docker-entrypoint-initdb.d/ignored.txt")
	lastsAndIsMadeOnce(t, server)

	// Settings for new data and its scripts say nothing to data that is there.
	server.Docker("stop")
	later := slices.Concat(volumes, []string{"--volume", scripts(t, notes("later.sql")), "--env", "POSTGRES_PASSWORD=other", "--env", "POSTGRES_USER=" + cool.name, "--env", "POSTGRES_DB=other", contracted()})
	if said, status := Run(t, slices.Concat(later, []string{"postgres", "-C", "work_mem"})...); status != 0 || !strings.HasSuffix(said, "7168") {
		t.Errorf("postgres -C on data that is there: exit %d\n%s", status, said)
	}
	server = Start(t, later...)
	serves(t, server)
	expect(t, "scripts that ran on other data", cool.asks(server, ran), wantRan)
	changed := !official // ours takes a POSTGRES_PASSWORD that is another than before
	if cool.enters(server, coolPassword) == changed || cool.enters(server, "other") != changed {
		t.Errorf("want a password that was changed: %t", changed)
	}
}

// secretFiles gives each variable that may lie in a file as one that root alone
// can read, with a line feed at its end.
func secretFiles(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	options := []string{"--volume", dir + ":/run/secrets:ro"}
	for name, value := range map[string]string{
		"POSTGRES_USER": cool.name, "POSTGRES_PASSWORD": coolPassword, "POSTGRES_DB": cool.database,
		"POSTGRES_INITDB_ARGS": "--data-checksums  --lc-messages='C' --encoding=\"UTF8\"", "APP_SECRET": "the application's",
	} {
		mode := os.FileMode(0o400)
		if name == "APP_SECRET" { // which scripts read, as the server's user
			mode = 0o444
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value+"\n"), mode); err != nil {
			t.Fatal(err)
		}
		options = append(options, "--env", name+"_FILE=/run/secrets/"+name)
	}
	return options
}

// lastsAndIsMadeOnce stops a server quickly and starts it again.
func lastsAndIsMadeOnce(t *testing.T, server Container) {
	t.Helper()
	for _, user := range []string{"root", "postgres"} {
		expect(t, "psql as "+user, cool.asks(server, "SELECT current_user", "--user", user), cool.name)
	}
	if !cool.enters(server, coolPassword) || cool.enters(server, "wrong") {
		t.Error("not the password lets in over TCP")
	}
	// The official image leaves the password where SQL can read it.
	environment := cool.asks(server, "SELECT encode(pg_read_binary_file('/proc/1/environ'), 'escape')")
	if strings.Contains(environment, "cool") != official || !strings.Contains(environment, "PATH=") {
		t.Errorf("the server's environment is %s", environment)
	}
	stop(t, server, "service", "0")
	server.Docker("start")
	serves(t, server)
	expect(t, "scripts that ran after a second start", cool.asks(server, ran), wantRan)
	if logs := server.Logs(); strings.Count(logs, "PostgreSQL init process complete; ready for start up.") != 1 {
		t.Error("the log does not say once that the init process is complete")
	}
}
