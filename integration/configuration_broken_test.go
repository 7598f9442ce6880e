//go:build integration

package integration

import (
	"strings"
	"testing"
)

// TestABrokenFileLeavesThePreviousOne breaks both files of a server, starts it
// again and corrects them.
func TestABrokenFileLeavesThePreviousOne(t *testing.T) {
	t.Parallel()
	master := New(t, "master", "POSTGRES_PORT=127.0.0.1:0", "REPLICATION_PASSWORD=test")
	conf, hba := master.Read("postgresql/postgresql.conf"), master.Read("postgresql/pg_hba.conf")
	master.Up()
	server := master.Service("master")

	master.Write("postgresql/postgresql.conf", conf+"work_mem = 7MB\nmax_conections = 50\nshared_preload_libraries = 'nowhere'\n")
	master.Write("postgresql/pg_hba.conf", hba+"host all all 10.0.0.1 scram\n")
	master.Compose("restart", "master")
	server.Healthy()
	server.Says("kept the previous postgresql.conf", "kept the previous pg_hba.conf", `unrecognized configuration parameter \"max_conections\"`,
		"shared_preload_libraries names nowhere", "an address needs a size, such as 10.0.0.1/32")
	if got := server.SQL("SHOW work_mem"); got != "4MB" {
		t.Errorf("work_mem is %s: the file is in use", got)
	}
	if got := server.Inspect("{{.RestartCount}}"); got != "0" {
		t.Errorf("the container was started anew %s times", got)
	}
	if line, err := server.tryExec("pgreplica", "healthcheck"); err != nil || !strings.Contains(line, "the mounted postgresql.conf is rejected, the previous one stays") {
		t.Errorf("healthcheck says %q, %v", line, err)
	}
	for _, command := range []string{"doctor", "status"} {
		said, err := server.tryExec("pgreplica", command)
		if err == nil || !strings.Contains(strings.Join(strings.Fields(said), " "), "the mounted pg_hba.conf is not used, the previous one stays: line") {
			t.Errorf("%s: %v\n%s", command, err, said)
		}
	}

	master.Write("postgresql/postgresql.conf", conf+"work_mem = 7MB\n")
	master.Write("postgresql/pg_hba.conf", hba)
	applies(t, server, nil, 0, "placed /tmp/postgresql/postgresql.conf")
	if line, err := server.tryExec("pgreplica", "healthcheck"); err != nil || strings.Contains(line, "rejected") {
		t.Errorf("healthcheck says %q, %v", line, err)
	}
	if got := server.SQL("SHOW work_mem"); got != "7MB" {
		t.Errorf("work_mem is %s", got)
	}
	endsAtItsStart(t, master, server, conf)
}

// endsAtItsStart gives a server what only a start finds out: a key that everybody
// may read, which a trial finds, and a hba_file that cannot be read, which a server
// ends with.
func endsAtItsStart(t *testing.T, master *Cluster, server Container, conf string) {
	t.Helper()
	server.Exec("sh", "-c", "cd $PGDATA && openssl req -new -x509 -nodes -subj /CN=db -keyout server.key -out server.crt 2>/dev/null && chmod 644 server.key")
	master.Write("postgresql/postgresql.conf", conf+"work_mem = 8MB\nssl = on\n")
	applies(t, server, nil, 78, `private key file "server.key" has group or world access`)
	server.Exec("sh", "-c", "cd $PGDATA && chown postgres server.key && chmod 600 server.key")
	applies(t, server, nil, 0, "placed /tmp/postgresql/postgresql.conf")

	master.Write("postgresql/other.conf", "nonsense\n")
	master.Write("postgresql/postgresql.conf", conf+"work_mem = 9MB\nhba_file = '/tmp/postgresql/other.conf'\n")
	applies(t, server, nil, 0, "placed /tmp/postgresql/postgresql.conf")
	master.Compose("restart", "master")
	server.Healthy()
	server.Says("could not load", "ended before it had begun its work, and its log says why: docker compose logs master", "kept the previous postgresql.conf")
	if work, restarts := server.SQL("SHOW work_mem"), server.Inspect("{{.RestartCount}}"); work != "8MB" || restarts != "1" {
		t.Errorf("work_mem is %s after %s restarts, want that of the previous file after 1", work, restarts)
	}
	for _, command := range []string{"healthcheck", "doctor", "status"} {
		if said, _ := server.tryExec("pgreplica", command); !strings.Contains(strings.Join(strings.Fields(said), " "), "the mounted postgresql.conf is") {
			t.Errorf("%s does not say that the file is rejected:\n%s", command, said)
		}
	}
	master.Write("postgresql/postgresql.conf", conf)
	applies(t, server, nil, 0, "placed /tmp/postgresql/postgresql.conf")
}

func TestAClusterIsNotMadeWithABrokenFile(t *testing.T) {
	t.Parallel()
	master := New(t, "master", "POSTGRES_PORT=127.0.0.1:0", "REPLICATION_PASSWORD=test", "CONTAINER_RESTART=no")
	master.Write("postgresql/postgresql.conf", "work_mem = much\n")
	master.Write("postgresql/pg_hba.conf", "local all all nowhere\n")
	if output, err := master.try("up", "--detach", "--wait", "--wait-timeout", "60"); err == nil {
		t.Errorf("it started:\n%s", output)
	}
	server := master.Service("master")
	server.Says(`line 1: invalid value for parameter "work_mem": "much"`, "line 1: there is no such authentication method")
	if got := server.Inspect("{{.State.ExitCode}}"); got != "78" {
		t.Errorf("exit %s, want 78", got)
	}
	if made, status := Run(t, "--volume", master.dir+"/pg-data:/v", "--entrypoint", "find", image("master"), "/v", "-name", "PG_VERSION"); made != "" || status != 0 {
		t.Errorf("a cluster was made: %s", made)
	}

	master.Write("postgresql/postgresql.conf", "shared_buffers = 4TB\n")
	master.Write("postgresql/pg_hba.conf", "local all all trust\n")
	if output, err := master.try("up", "--detach", "--wait", "--wait-timeout", "60"); err == nil {
		t.Errorf("it started:\n%s", output)
	}
	server.Says("could not map anonymous shared memory")
	if got := server.Inspect("{{.State.ExitCode}}"); got != "78" {
		t.Errorf("exit %s, want 78", got)
	}
}
