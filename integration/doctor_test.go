//go:build integration

package integration

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A trouble is one thing that is wrong with a pair, and how it is mended.
type trouble struct {
	title      string
	side       string   // where doctor runs
	env        []string // of doctor alone
	on         string   // the server that make and mend run on
	make, mend []string // statements; what begins with $ is for a shell
}

// troubles are those that a pair can have while it runs.
var troubles = []trouble{
	{title: "a variable with a typo", side: "slave", env: []string{"MASTER_SEVER=a"}},
	{title: "a variable given twice", side: "slave", env: []string{"MASTER_USER_FILE=/x", "REPLICATION_PASSWORD=a"}},
	{title: "a placeholder of the earlier project", side: "slave", env: []string{"MASTER_SERVER=IP_HERE"}},
	{title: "a port that is no number", side: "slave", env: []string{"MASTER_PORT=abc"}},
	{title: "a database that only a first start makes", side: "master", env: []string{"POSTGRES_DB=later", "POSTGRES_INITDB_ARGS=--wal-segsize=64"}},
	{title: "a name that cannot be resolved", side: "slave", env: []string{"MASTER_SERVER=nowhere.invalid"}},
	{title: "a closed port", side: "slave", env: []string{"MASTER_PORT=5433"}},
	{title: "itself", side: "slave", env: []string{"MASTER_SERVER=localhost"}},
	{title: "a port of another program", side: "slave", env: []string{"MASTER_SERVER=127.0.0.1", "MASTER_PORT=8099"}, on: "slave", make: []string{"$" + otherProgram}},
	{title: "no TLS where it is asked for", side: "slave", env: []string{"MASTER_SSLMODE=verify-full"}},
	{title: "another cluster than the pinned one", side: "slave", env: []string{"SYSTEM_ID=7711145725932879278"}},
	{title: "another mode than it runs in", side: "slave", env: []string{"REPLICATION_MODE=primary"}},
	{title: "an image of another major version", side: "slave", env: []string{"PG_MAJOR=16"}},
	{title: "a password that was changed", side: "slave", on: "master",
		make: []string{"CREATE TABLE kept AS SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres_replicator'", "ALTER ROLE postgres_replicator PASSWORD 'another'"},
		mend: []string{"DO $$ BEGIN EXECUTE format('ALTER ROLE postgres_replicator PASSWORD %L', (TABLE kept)); END $$", "DROP TABLE kept"}},
	{title: "a pg_hba.conf without replication", side: "slave", on: "master",
		make: []string{"$cp $PGDATA/pg_hba.conf /tmp/hba && sed -i '/replication/d' $PGDATA/pg_hba.conf", reload}, mend: []string{"$cat /tmp/hba > $PGDATA/pg_hba.conf", reload}},
	{title: "a role that may not replicate", side: "slave", on: "master", make: []string{"ALTER ROLE postgres_replicator NOREPLICATION"}, mend: []string{"ALTER ROLE postgres_replicator REPLICATION"}},
	{title: "a role that may not log in", side: "slave", on: "master", make: []string{"ALTER ROLE postgres_replicator NOLOGIN"}, mend: []string{"ALTER ROLE postgres_replicator LOGIN"}},
	{title: "a role that may do everything", side: "master", on: "master", make: []string{"ALTER ROLE postgres_replicator SUPERUSER"}, mend: []string{"ALTER ROLE postgres_replicator NOSUPERUSER"}},
	{title: "a password that was published", side: "master", on: "master", make: []string{"CREATE ROLE guest LOGIN SUPERUSER PASSWORD 'guest'"}, mend: []string{"DROP ROLE guest"}},
	{title: "fsync off", side: "master", on: "master", make: []string{"ALTER SYSTEM SET fsync = off", reload}, mend: []string{"ALTER SYSTEM RESET fsync", reload}},
	{title: "slots without a limit", side: "master", on: "master", make: []string{"ALTER SYSTEM SET max_slot_wal_keep_size = -1", reload}, mend: []string{"ALTER SYSTEM RESET max_slot_wal_keep_size", reload}},
	{title: "commits that wait for nobody", side: "master", on: "master", make: []string{"ALTER SYSTEM SET synchronous_standby_names = 'ghost'", reload}, mend: []string{"ALTER SYSTEM RESET synchronous_standby_names", reload}},
	{title: "collations of another C library", side: "master", on: "master",
		make: []string{"UPDATE pg_collation SET collversion = '1.0' WHERE oid = (SELECT min(oid) FROM pg_collation WHERE collversion IS NOT NULL)"},
		mend: []string{"UPDATE pg_collation SET collversion = pg_collation_actual_version(oid) WHERE collversion = '1.0'"}},
	{title: "a slot that nobody reads", side: "master", on: "master", make: []string{"SELECT pg_create_physical_replication_slot('idle', true)"}, mend: []string{"SELECT pg_drop_replication_slot('idle')"}},
	{title: "replay that is paused", side: "slave", on: "slave", make: []string{"SELECT pg_wal_replay_pause()"}, mend: []string{"SELECT pg_wal_replay_resume()"}},
	{title: "hosts that are trusted", side: "master", on: "master", make: []string{"$echo host all all 10.0.0.0/8 trust >> $PGDATA/pg_hba.conf"}, mend: []string{"$sed -i '$d' $PGDATA/pg_hba.conf"}},
	{title: "a line of pg_hba.conf that cannot be read", side: "master", on: "master", make: []string{"$echo host all all nowhere >> $PGDATA/pg_hba.conf"}, mend: []string{"$sed -i '$d' $PGDATA/pg_hba.conf"}},
	{title: "a standby.signal that is gone", side: "slave", on: "slave", make: []string{"$rm $PGDATA/standby.signal"}, mend: []string{"$touch $PGDATA/standby.signal"}},
}

// major names the folder of golden files: what is said of a version differs.
var major = cmp.Or(os.Getenv("PG_MAJOR"), "13")

// otherProgram answers a few connections as a web server would, and ends.
const otherProgram = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 8099, Listen => 5, ReuseAddr => 1); alarm 20;
	while ($c = $s->accept) { sysread $c, $b, 100; print $c "HTTP/1.0 400 Bad Request\r\n\r\n"; close $c }' >/dev/null 2>&1 & until perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new("127.0.0.1:8099")'; do :; done`

const reload = "SELECT pg_reload_conf()"

// TestDoctorNamesEachTrouble makes one trouble after the other on a pair, and
// compares all that doctor prints of it.
func TestDoctorNamesEachTrouble(t *testing.T) {
	t.Parallel()
	pair := Up(t)
	pair.Replicates()
	golden := "doctor/" + major
	Golden(t, golden+"/slave, all well.txt", doctor(t, pair.Service("slave"), nil, "--all"))
	Golden(t, golden+"/master, all well.txt", doctor(t, pair.Service("master"), nil, "--all"))
	for _, trouble := range troubles {
		do := func(acts []string) {
			for _, act := range acts {
				if line, ok := strings.CutPrefix(act, "$"); ok {
					pair.Service(trouble.on).Exec("sh", "-c", line)
				} else {
					pair.SQL(trouble.on, act)
				}
			}
		}
		do(trouble.make)
		Golden(t, golden+"/"+trouble.title+".txt", doctor(t, pair.Service(trouble.side), trouble.env))
		do(trouble.mend)
	}
	if said := doctor(t, pair.Service("slave"), nil); !strings.Contains(said, "a promotion would be safe") {
		t.Errorf("after all was mended doctor says\n%s", said)
	}

	pair.Compose("stop", "slave")
	Golden(t, golden+"/slave, stopped.txt", doctorAtRest(t, pair, "slave"))
	pair.Compose("stop", "master")
	Golden(t, golden+"/master, stopped.txt", doctorAtRest(t, pair, "master"))
}

// TestDoctorWorksBeforeTheFirstStart asks about volumes that are empty yet, or
// that hold something else than a cluster.
func TestDoctorWorksBeforeTheFirstStart(t *testing.T) {
	t.Parallel()
	golden := func(title, said string) { Golden(t, "doctor/"+major+"/"+title+".txt", said) }
	pair := New(t, ".")
	golden("slave, before the first start", doctorAtRest(t, pair, "slave"))
	golden("master, before the first start", doctorAtRest(t, pair, "master"))

	network := networkFor(t, "doctor")
	none := func(args ...string) string {
		said, status := Run(t, append(append([]string{"--network", network, "--shm-size=256m", "--env", "POSTGRES_PASSWORD=story"}, args...), image("master"), "doctor")...)
		return answer(said, status)
	}
	golden("no volume, little shared memory", none("--shm-size=64m"))
	golden("data in the container itself", none("--env", "PGDATA=/srv/pgdata"))
	golden("a disk without room", none("--tmpfs", volume+":size=20m,nr_inodes=500,mode=1777"))
	misplaced := newNode(t, network, "misplaced")
	golden("a volume beside the data", none("--volume", misplaced.volume+":"+misplace))
	golden("an address that nobody has", none("--env", "REPLICATION_MODE=standby", "--env", "REPLICATION_PASSWORD=story", "--env", "MASTER_SERVER="+nobodyOn(t, network)))
	minimal := primaryOn(t, network, "minimal", "-c", "wal_level=minimal", "-c", "max_wal_senders=0")
	golden("a primary that nobody can follow", doctor(t, minimal, nil))
	data := filepath.Base(dataDir)
	for title, leave := range map[string]string{
		"files that are no cluster":    "mkdir " + data + " && touch " + data + "/ledger.xls",
		"a copy that was cut short":    `mkdir .pgreplica && echo '{"format": 1, "phase": "staging", "staging": "clone-0123456789ab"}' > .pgreplica/journal.json`,
		"an initdb that was cut short": `mkdir .pgreplica && echo '{"format": 1, "phase": "staging", "staging": "init-0123456789ab"}' > .pgreplica/journal.json`,
		"a cluster without control":    "mkdir " + data + " && echo " + major + " > " + data + "/PG_VERSION",
	} {
		n := newNode(t, network, strings.ReplaceAll(title, " ", "-"))
		if said, status := Run(t, "--volume", n.volume+":"+volume, image("master"), "sh", "-c", "mkdir -p "+beside+" && cd "+beside+" && "+leave); status != 0 {
			t.Fatal(said)
		}
		golden(title, none("--volume", n.volume+":"+volume))
	}
}

func doctor(t *testing.T, of Container, env []string, args ...string) string {
	t.Helper()
	command := []string{"exec"}
	for _, setting := range env {
		command = append(command, "--env", setting)
	}
	said, err := docker(append(append(command, of.ID, "pgreplica", "doctor"), args...)...)
	return told(t, said, err)
}

// doctorAtRest asks about a server that does not run.
func doctorAtRest(t *testing.T, pair *Cluster, service string) string {
	t.Helper()
	said, err := pair.try("run", "--rm", service, "doctor")
	if at := strings.Index(said, "checks ok"); at >= 0 { // what compose says stands before it
		said = said[strings.LastIndex(said[:at], "\n")+1:]
	}
	return told(t, said, err)
}

func told(t *testing.T, said string, err error) string {
	t.Helper()
	status := 0
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		status = ended.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return answer(said, status)
}

var count = regexp.MustCompile(`(?m)^\d+ checks ok`)

// answer leaves out how many checks there are: each new one would change all files.
func answer(said string, status int) string {
	return fmt.Sprintf("%s\nexit %d", count.ReplaceAllString(strings.TrimSpace(said), "N checks ok"), status)
}
