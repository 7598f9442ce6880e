//go:build integration

package integration

import (
	"regexp"
	"strings"
	"testing"
)

// An obstacle keeps a new standby from its primary.
type obstacle struct {
	title      string
	settings   []string // of the standby
	make, undo []string // on the primary; what begins with $ is for a shell
	waits      bool     // the standby goes on waiting, and says for what
}

var obstacles = []obstacle{
	{title: "unresolvable-name", settings: []string{"MASTER_SERVER=nowhere.invalid"}},
	{title: "closed-port", settings: []string{"MASTER_PORT=5433"}},
	{title: "unused-address", settings: []string{"MASTER_SERVER=$NOBODY", "MASTER_WAIT_TIMEOUT=5s"}},
	{title: "port-of-another-program", settings: []string{"MASTER_SERVER=web", "MASTER_PORT=80"}},
	{title: "upstream-is-itself", settings: []string{"MASTER_SERVER=localhost"}},
	{title: "missing-tls", settings: []string{"MASTER_SSLMODE=require"}},
	{title: "wrong-password", settings: []string{"REPLICATION_PASSWORD=wrong"}},
	{title: "missing-role", settings: []string{"REPLICATION_USER=ghost"}},
	{title: "expired-role", make: []string{"ALTER ROLE postgres_replicator VALID UNTIL '2020-01-01'"}, undo: []string{"ALTER ROLE postgres_replicator VALID UNTIL 'infinity'"}},
	{title: "role-without-login", make: []string{"ALTER ROLE postgres_replicator NOLOGIN"}, undo: []string{"ALTER ROLE postgres_replicator LOGIN"}},
	{title: "role-without-replication", make: []string{"ALTER ROLE postgres_replicator NOREPLICATION"}, undo: []string{"ALTER ROLE postgres_replicator REPLICATION"}},
	{title: "hba-without-replication", make: []string{"$cp $PGDATA/pg_hba.conf /tmp/hba; sed -i /replication/d $PGDATA/pg_hba.conf", reload}, undo: []string{"$cat /tmp/hba > $PGDATA/pg_hba.conf", reload}},
	{title: "rejecting-hba-line", make: []string{"$cp $PGDATA/pg_hba.conf /tmp/hba; sed -i '1i host replication all all reject' $PGDATA/pg_hba.conf", reload}, undo: []string{"$cat /tmp/hba > $PGDATA/pg_hba.conf", reload}},
	{title: "invalid-slot-name", settings: []string{"MASTER_SLOT=my-slot"}},
	{title: "logical-slot", settings: []string{"MASTER_SLOT=logical"}, make: []string{"SELECT pg_create_logical_replication_slot('logical', 'test_decoding')"}, undo: []string{"SELECT pg_drop_replication_slot('logical')"}},
	{title: "slot-in-use", settings: []string{"MASTER_SLOT=busy"}, waits: true,
		make: []string{"SELECT pg_create_physical_replication_slot('busy')", "$mkdir -p /tmp/wal && (pg_receivewal -U postgres -D /tmp/wal -S busy >/dev/null 2>&1 & echo $! >/tmp/pid) ; until psql -U postgres -Atc \"SELECT active FROM pg_replication_slots WHERE slot_name = 'busy'\" | grep -q t; do sleep 0.1; done"},
		undo: []string{"$kill -INT $(cat /tmp/pid); until psql -U postgres -Atc \"SELECT pg_drop_replication_slot('busy')\" 2>/dev/null; do sleep 0.1; done"}},
	{title: "no-slot-left", waits: true, make: []string{"SELECT pg_create_physical_replication_slot('one', true)", "SELECT pg_create_physical_replication_slot('two', true)"},
		undo: []string{"SELECT pg_drop_replication_slot('one')", "SELECT pg_drop_replication_slot('two')"}},
}

// TestEachObstacleIsNamedWithItsRemedy puts one obstacle after the other before
// a new standby, and compares what it says.
func TestEachObstacleIsNamedWithItsRemedy(t *testing.T) {
	t.Parallel()
	network := networkFor(t, "preflight")
	primary := primaryOn(t, network, "primary", "-c", "wal_level=logical", "-c", "max_replication_slots=2")
	Start(t, "--network", network, "--network-alias", "web", "--no-healthcheck", "--entrypoint", "perl", image("master"), "-MIO::Socket::INET", "-e",
		`$s = IO::Socket::INET->new(LocalPort => 80, Listen => 5, ReuseAddr => 1); while ($c = $s->accept) { print $c "HTTP/1.1 400 Bad Request\r\n\r\n"; close $c }`)
	nobody := nobodyOn(t, network)
	for _, o := range obstacles {
		act(primary, o.make)
		settings := strings.Split(strings.ReplaceAll(strings.Join(o.settings, "\n"), "$NOBODY", nobody), "\n")
		Golden(t, "preflight/"+o.title, stopsAt(t, network, o, settings))
		act(primary, o.undo)
	}
}

// TestAPrimaryWithoutRoomForAStandbyIsNamed asks primaries that are not set up
// for one.
func TestAPrimaryWithoutRoomForAStandbyIsNamed(t *testing.T) {
	t.Parallel()
	network := networkFor(t, "senders")
	for title, args := range map[string][]string{
		"no-walsender-at-all":  {"-c", "wal_level=minimal", "-c", "max_wal_senders=0"},
		"one-walsender-only":   {"-c", "max_wal_senders=1"},
		"no-replication-slots": {"-c", "max_replication_slots=0"},
	} {
		primaryOn(t, network, title, args...)
		Golden(t, "preflight/"+title, stopsAt(t, network, obstacle{title: title, waits: title == "no-replication-slots"}, []string{"MASTER_SERVER=" + title}))
	}
}

func primaryOn(t *testing.T, network, name string, args ...string) Container {
	t.Helper()
	options := []string{"--network", network, "--network-alias", name, "--env", "POSTGRES_PASSWORD=test-1", "--env", "REPLICATION_PASSWORD=test-2", image("master")}
	primary := Start(t, append(options, args...)...)
	primary.Answers()
	return primary
}

// nobodyOn is an address of a network that no container has.
func nobodyOn(t *testing.T, network string) string {
	t.Helper()
	gateway, err := docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", network)
	if err != nil {
		t.Fatal(gateway)
	}
	return gateway[:strings.LastIndex(gateway, ".")] + ".250"
}

// act changes a server; it runs what begins with $ in a shell.
func act(server Container, acts []string) {
	for _, a := range acts {
		if line, ok := strings.CutPrefix(a, "$"); ok {
			server.Exec("sh", "-c", line)
		} else {
			server.SQL(a)
		}
	}
}

// stopsAt is what a new standby says of an obstacle: how it ends, or what it
// waits for.
func stopsAt(t *testing.T, network string, o obstacle, settings []string) string {
	t.Helper()
	// timeout of coreutils 9.10 does nothing as process 1, hence --init.
	args := []string{"--init", "--network", network, "--env", "REPLICATION_PASSWORD=test-2", "--env", "MASTER_SERVER=primary", "--env", "MASTER_WAIT_TIMEOUT=1s"}
	for _, setting := range settings {
		if setting != "" {
			args = append(args, "--env", setting)
		}
	}
	args = append(args, image("slave"), "timeout", "60", "pgreplica", "start") // in case that nothing stops it
	var logs string
	word := "ERROR:  pgreplica:"
	if o.waits {
		word = "WARNING:  pgreplica: waiting"
		standby := Start(t, args...)
		standby.Says(word)
		logs = standby.Logs()
		standby.Docker("rm", "--force") // or it would go on as soon as the slot is free
	} else {
		logs, _ = Run(t, args...)
	}
	_, said, found := strings.Cut(logs, word)
	if !found {
		t.Errorf("%s: the standby says nothing of it:\n%s", o.title, logs)
	}
	said, _, _ = strings.Cut(said, "\n20") // where the next line of the log begins with its date
	return word + attempts.ReplaceAllString(said, "")
}

var attempts = regexp.MustCompile(` (attempt|wait)=\S+`)
