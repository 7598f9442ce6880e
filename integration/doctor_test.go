//go:build integration

package integration

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A trouble is one thing that is wrong with a pair, and how it is undone.
type trouble struct {
	title      string
	side       string   // where doctor runs
	env        []string // of doctor alone
	on         string   // the server that make and undo run on
	make, undo []string // statements; what begins with $ is for a shell
}

// troubles are those that a pair can have while it runs.
var troubles = []trouble{
	{title: "misspelt-variable", side: "slave", env: []string{"MASTER_SEVER=a"}},
	{title: "variable-given-twice", side: "slave", env: []string{"MASTER_USER_FILE=/x", "REPLICATION_PASSWORD=a"}},
	{title: "placeholder", side: "slave", env: []string{"MASTER_SERVER=IP_HERE"}},
	{title: "port-without-number", side: "slave", env: []string{"MASTER_PORT=abc"}},
	{title: "database-of-a-first-start", side: "master", env: []string{"POSTGRES_DB=later", "POSTGRES_INITDB_ARGS=--wal-segsize=64"}},
	{title: "unresolvable-name", side: "slave", env: []string{"MASTER_SERVER=nowhere.invalid"}},
	{title: "closed-port", side: "slave", env: []string{"MASTER_PORT=5433"}},
	{title: "upstream-is-itself", side: "slave", env: []string{"MASTER_SERVER=localhost"}},
	{title: "port-of-another-program", side: "slave", env: []string{"MASTER_SERVER=127.0.0.1", "MASTER_PORT=8099"}, on: "slave", make: []string{"$" + otherProgram}},
	{title: "missing-tls", side: "slave", env: []string{"MASTER_SSLMODE=verify-full"}},
	{title: "another-cluster", side: "slave", env: []string{"SYSTEM_ID=7711145725932879278"}},
	{title: "another-mode", side: "slave", env: []string{"REPLICATION_MODE=primary"}},
	{title: "another-major-version", side: "slave", env: []string{"PG_MAJOR=16"}},
	{title: "changed-password", side: "slave", on: "master",
		make: []string{"CREATE TABLE kept AS SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres_replicator'", "ALTER ROLE postgres_replicator PASSWORD 'another'"},
		undo: []string{"DO $$ BEGIN EXECUTE format('ALTER ROLE postgres_replicator PASSWORD %L', (TABLE kept)); END $$", "DROP TABLE kept"}},
	{title: "hba-without-replication", side: "slave", on: "master",
		make: []string{"$cp $PGDATA/pg_hba.conf /tmp/hba && sed -i '/replication/d' $PGDATA/pg_hba.conf", reload}, undo: []string{"$cat /tmp/hba > $PGDATA/pg_hba.conf", reload}},
	{title: "role-without-replication", side: "slave", on: "master", make: []string{"ALTER ROLE postgres_replicator NOREPLICATION"}, undo: []string{"ALTER ROLE postgres_replicator REPLICATION"}},
	{title: "role-without-login", side: "slave", on: "master", make: []string{"ALTER ROLE postgres_replicator NOLOGIN"}, undo: []string{"ALTER ROLE postgres_replicator LOGIN"}},
	{title: "superuser-role", side: "master", on: "master", make: []string{"ALTER ROLE postgres_replicator SUPERUSER"}, undo: []string{"ALTER ROLE postgres_replicator NOSUPERUSER"}},
	{title: "published-password", side: "master", on: "master", make: []string{"CREATE ROLE guest LOGIN SUPERUSER PASSWORD 'guest'"}, undo: []string{"DROP ROLE guest"}},
	{title: "md5-behind-scram", side: "master", on: "master", make: []string{"CREATE ROLE older LOGIN PASSWORD 'md562afdfe20a1c784ba2b2f053cb9219ef'"}, undo: []string{"DROP ROLE older"}},
	{title: "passwords-of-a-dump", side: "master", on: "master", make: []string{"ALTER ROLE adempiere PASSWORD 'of a dump'", "ALTER ROLE postgres_replicator PASSWORD 'of a dump'"}, undo: []string{"$pgreplica apply"}},
	{title: "fsync-off", side: "master", on: "master", make: []string{"ALTER SYSTEM SET fsync = off", reload}, undo: []string{"ALTER SYSTEM RESET fsync", reload}},
	{title: "slots-without-limit", side: "master", on: "master", make: []string{"ALTER SYSTEM SET max_slot_wal_keep_size = -1", reload}, undo: []string{"ALTER SYSTEM RESET max_slot_wal_keep_size", reload}},
	{title: "commits-without-standby", side: "master", on: "master", make: []string{"ALTER SYSTEM SET synchronous_standby_names = 'ghost'", reload}, undo: []string{"ALTER SYSTEM RESET synchronous_standby_names", reload}},
	{title: "collations-of-another-c-library", side: "master", on: "master",
		make: []string{"UPDATE pg_collation SET collversion = '1.0' WHERE oid = (SELECT min(oid) FROM pg_collation WHERE collversion IS NOT NULL)"},
		undo: []string{"UPDATE pg_collation SET collversion = pg_collation_actual_version(oid) WHERE collversion = '1.0'"}},
	{title: "unused-slot", side: "master", on: "master", make: []string{"SELECT pg_create_physical_replication_slot('idle', true)"}, undo: []string{"SELECT pg_drop_replication_slot('idle')"}},
	{title: "paused-replay", side: "slave", on: "slave", make: []string{"SELECT pg_wal_replay_pause()"}, undo: []string{"SELECT pg_wal_replay_resume()"}},
	{title: "trusted-hosts", side: "master", on: "master", make: []string{"$echo host all all 10.0.0.0/8 trust >> $PGDATA/pg_hba.conf"}, undo: []string{"$sed -i '$d' $PGDATA/pg_hba.conf"}},
	{title: "unreadable-hba-line", side: "master", on: "master", make: []string{"$echo host all all nowhere >> $PGDATA/pg_hba.conf"}, undo: []string{"$sed -i '$d' $PGDATA/pg_hba.conf"}},
	{title: "missing-standby-signal", side: "slave", on: "slave", make: []string{"$rm $PGDATA/standby.signal"}, undo: []string{"$touch $PGDATA/standby.signal"}},
}

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
	Golden(t, "doctor/slave-healthy", doctor(t, pair.Service("slave"), nil, "--all"))
	Golden(t, "doctor/master-healthy", doctor(t, pair.Service("master"), nil, "--all"))
	if said, _ := pair.Service("slave").tryExec("pgreplica", "doctor", "--all"); !endOfSupport.MatchString(said) {
		t.Errorf("doctor does not say until when the version is maintained:\n%s", said)
	}
	for _, trouble := range troubles {
		if slices.Contains(trouble.env, "PG_MAJOR="+major) {
			continue // this version is not another one
		}
		server := pair.Service(cmp.Or(trouble.on, trouble.side))
		act(server, trouble.make)
		Golden(t, "doctor/"+trouble.title, doctor(t, pair.Service(trouble.side), trouble.env))
		act(server, trouble.undo)
	}
	if said := doctor(t, pair.Service("slave"), nil); !strings.Contains(said, "a promotion would be safe") {
		t.Errorf("after all was undone doctor says\n%s", said)
	}

	pair.Compose("stop", "slave")
	Golden(t, "doctor/slave-stopped", doctorAtRest(t, pair, "slave"))
	pair.Compose("stop", "master")
	Golden(t, "doctor/master-stopped", doctorAtRest(t, pair, "master"))
}

// TestDoctorWorksBeforeTheFirstStart asks about volumes that are empty yet, or
// that hold something else than a cluster.
func TestDoctorWorksBeforeTheFirstStart(t *testing.T) {
	t.Parallel()
	golden := func(title, said string) { Golden(t, "doctor/"+title, said) }
	pair := New(t, ".")
	golden("slave-before-first-start", doctorAtRest(t, pair, "slave"))
	golden("master-before-first-start", doctorAtRest(t, pair, "master"))

	network := networkFor(t, "doctor")
	none := func(args ...string) string {
		said, status := Run(t, append(append([]string{"--network", network, "--shm-size=256m", "--env", "POSTGRES_PASSWORD=test"}, args...), image("master"), "doctor")...)
		return answer(said, status)
	}
	golden("no-volume", none("--shm-size=64m"))
	golden("data-in-the-container", none("--env", "PGDATA=/srv/pgdata"))
	golden("full-disk", none("--tmpfs", volume+":size=20m,nr_inodes=500,mode=1777"))
	misplaced := newNode(t, network, "misplaced")
	golden("volume-beside-the-data", none("--volume", misplaced.volume+":"+misplace))
	golden("unused-address", none("--env", "REPLICATION_MODE=standby", "--env", "REPLICATION_PASSWORD=test", "--env", "MASTER_SERVER="+nobodyOn(t, network)))
	minimal := primaryOn(t, network, "minimal", "-c", "wal_level=minimal", "-c", "max_wal_senders=0")
	golden("primary-without-wal-senders", doctor(t, minimal, nil))
	data := filepath.Base(dataDir)
	for title, leave := range map[string]string{
		"files-without-cluster":        "mkdir " + data + " && touch " + data + "/ledger.xls",
		"copy-cut-short":               `mkdir .pgreplica && echo '{"format": 1, "phase": "staging", "staging": "clone-0123456789ab"}' > .pgreplica/journal.json`,
		"initdb-cut-short":             `mkdir .pgreplica && echo '{"format": 1, "phase": "staging", "staging": "init-0123456789ab"}' > .pgreplica/journal.json`,
		"cluster-without-control-file": "mkdir " + data + " && echo " + major + " > " + data + "/PG_VERSION",
	} {
		n := newNode(t, network, title)
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
	return answer(said, exitStatus(t, err))
}

// doctorAtRest asks about a server that does not run.
func doctorAtRest(t *testing.T, pair *Cluster, service string) string {
	t.Helper()
	said, err := pair.try("run", "--rm", service, "doctor")
	if at := strings.Index(said, "checks ok"); at >= 0 { // what compose says stands before it
		said = said[strings.LastIndex(said[:at], "\n")+1:]
	}
	return answer(said, exitStatus(t, err))
}

var (
	checked      = regexp.MustCompile(`(?m)^\d+ checks ok`)
	problems     = regexp.MustCompile(`(?m)^(\d+) problems?\.`)
	columns      = regexp.MustCompile(`(?m)^([A-Z]+ +[a-z-]+)  +`)
	margin       = regexp.MustCompile(`(?m)^ {11,}`)
	endOfSupport = regexp.MustCompile(`(?m)^([A-Z]+) +version-eol +PostgreSQL ` + major + ` .*\n( .*\n)*\n?`)
)

// answer is what doctor says and its exit status. It leaves out how many checks
// there are, because each new one would change all files, the end of support,
// which differs by version and by date, and with it the width of the columns.
func answer(said string, status int) string {
	said = checked.ReplaceAllString(strings.TrimSpace(said), "N checks ok")
	if found := endOfSupport.FindStringSubmatch(said); found != nil {
		said = strings.Replace(said, found[0], "", 1)
		if found[1] != "OK" {
			said, status = oneProblemLess(said, status)
		}
	}
	said = columns.ReplaceAllString(said, "$1  ")
	return fmt.Sprintf("%s\nexit %d", margin.ReplaceAllString(said, "         "), status)
}

// oneProblemLess takes a problem that was left out from the summary's count.
func oneProblemLess(said string, status int) (string, int) {
	words := problems.FindStringSubmatch(said)
	count, _ := strconv.Atoi(words[1])
	switch count {
	case 1:
		return strings.Replace(said, words[0], "No problem.", 1), 0
	case 2:
		return strings.Replace(said, words[0], "1 problem.", 1), status
	}
	return strings.Replace(said, words[0], fmt.Sprintf("%d problems.", count-1), 1), status
}
