//go:build integration

package integration

import (
	"os"
	"slices"
	"testing"
)

// Each of these is a way in which people run the official image without root.
func anyUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to make a folder of another user's")
	}
	owned := t.TempDir()
	if err := os.Chown(owned, 1000, 1000); err != nil {
		t.Fatal(err)
	}
	below := "PGDATA=" + volume + "/below"
	readOnly := []string{"--read-only", "--tmpfs", "/tmp", "--tmpfs", "/var/run/postgresql:mode=1777"}
	for title, c := range map[string]struct {
		uid     string
		options []string
	}{
		"root, with a read-only file system":         {"999", readOnly},
		"postgres, with no capability":               {"999", []string{"--user", "postgres", "--cap-drop", "ALL"}},
		"postgres's ids, behind an init process":     {"999", []string{"--user", "999:999", "--init"}},
		"one without a name, on a folder of its own": {"1000", slices.Concat([]string{"--user", "1000:1000", "--volume", owned + ":" + volume}, readOnly)},
		"one of another name, on any volume":         {"33", []string{"--user", "www-data", "--env", below}},
		"one without a name, on any volume":          {"12345", []string{"--user", "12345", "--env", below}},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			who := scripts(t, map[string]string{"who.sh!": "#!/bin/bash\nset -e\npsql -U postgres -c \"CREATE TABLE who AS SELECT '$(id -u)' AS uid\"\n"})
			server := Start(t, slices.Concat(c.options, []string{"--env", "POSTGRES_PASSWORD=test", "--volume", who, contracted()})...)
			serves(t, server)
			expect(t, "the uid of scripts", server.SQL("SELECT uid FROM who"), c.uid)
			expect(t, "the data directory's owner", server.Exec("sh", "-c", `stat -c %u "$PGDATA"`), c.uid)
			if somebody := (person{"postgres", "postgres"}); !somebody.enters(server, "test") || somebody.enters(server, "wrong") {
				t.Error("not the password lets in over TCP")
			}
			if !official {
				server.Exec("pgreplica", "healthcheck")
			}
			stop(t, server, "service", "0")
			server.Docker("start")
			serves(t, server)
		})
	}
}

func dataElsewhere(t *testing.T) {
	const dir = "/else where/some data"
	server := Start(t, "--volume", newVolume(t)+":/else where", "--volume", newVolume(t)+":/wal", "--env", "PGDATA="+dir, "--env", "POSTGRES_INITDB_WALDIR=/wal",
		"--env", "POSTGRES_PASSWORD=test", "--env", "POSTGRES_USER=someone", "--env", "POSTGRES_HOST_AUTH_METHOD=md5", "--env", "PGPORT=5433", contracted(), "postgres", "-c", "max_connections=42")
	serves(t, server)
	someone := person{"someone", "someone"}
	for range 2 {
		expect(t, "the data directory", someone.asks(server, "SHOW data_directory"), dir)
		expect(t, "where the WAL lies", server.Exec("readlink", "-e", dir+"/pg_wal"), "/wal")
		expect(t, "the port", someone.asks(server, "SHOW port"), "5433")
		expect(t, "an argument", someone.asks(server, "SHOW max_connections"), "42")
		expect(t, "the line for all hosts", someone.asks(server, lineForAll), "md5")
		if !someone.enters(server, "test") || someone.enters(server, "wrong") {
			t.Error("not the password lets in over TCP")
		}
		server.Docker("restart")
		serves(t, server)
	}
}

const lineForAll = `SELECT auth_method FROM pg_hba_file_rules WHERE type = 'host' AND database = '{all}' AND user_name = '{all}' AND address = 'all'`

// scriptsFollowTheLocale has its data at the root of a volume, where passwords
// are asked for over the socket too.
func scriptsFollowTheLocale(t *testing.T) {
	server := Start(t, "--volume", newVolume(t)+":/mnt", "--env", "PGDATA=/mnt", "--env", "LC_ALL=C", "--env", "POSTGRES_PASSWORD=test",
		"--env", "POSTGRES_INITDB_ARGS=--auth=scram-sha-256", "--env", "POSTGRES_HOST_AUTH_METHOD=scram-sha-256",
		"--volume", scripts(t, notes("1-a.sql", "10-a.sql", "9_a.sql", "a.sql", "B.sql")), contracted())
	serves(t, server)
	asked := server.Exec("env", "PGPASSWORD=test", "psql", "-XAtU", "postgres", "-c", ran)
	expect(t, "scripts that ran", asked, "1-a.sql 10-a.sql 9_a.sql B.sql a.sql")
	if somebody := (person{"postgres", "postgres"}); !somebody.enters(server, "test") || somebody.enters(server, "wrong") {
		t.Error("not the password lets in over TCP")
	}
	expect(t, "the line for all hosts", server.Exec("env", "PGPASSWORD=test", "psql", "-XAtU", "postgres", "-c", lineForAll), "scram-sha-256")
}
