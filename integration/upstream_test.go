//go:build integration

package integration

import (
	"slices"
	"strings"
	"testing"
)

// neighbours makes more servers in a primary's container, each on a port of its
// own, from copies of one cluster: one that takes no connections, one that
// does, and two whose walsenders are in use. A silent program listens as well.
const neighbours = `set -e; cd /tmp; export LC_ALL=C
initdb -D seed --no-sync -A trust -U postgres >/dev/null
echo 'host replication all all trust' >> seed/pg_hba.conf
echo 'CREATE ROLE postgres_replicator LOGIN REPLICATION' | postgres --single -D seed postgres >/dev/null
run() { # port settings...
	port=$1; shift; [ -e $port ] || cp -a seed $port
	postgres -D /tmp/$port -p $port -k /tmp -h '*' "$@" </dev/null >/tmp/log.$port 2>&1 &
}
hold() { # port
	until psql -h /tmp -p $1 -U postgres -c '' 2>/dev/null; do sleep 0.1; done
	mkdir wal.$1; pg_receivewal -h /tmp -p $1 -U postgres -D wal.$1 </dev/null >/dev/null 2>&1 &
	until psql -h /tmp -p $1 -U postgres -Atc 'SELECT count(*) FROM pg_stat_replication' | grep -q 1; do sleep 0.1; done
}
cp -a seed 5502; touch 5502/standby.signal; run 5502 -c hot_standby=off
run 5503
run 5504 -c max_wal_senders=1
run 5505 -c max_wal_senders=2
hold 5504; hold 5505
perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 5506, Listen => 5); push @c, $_ while $_ = $s->accept' </dev/null >/dev/null 2>&1 &
until psql -h /tmp -p 5503 -U postgres -c '' >/dev/null 2>&1; do sleep 0.1; done`

// TestAnUpstreamThatAnswersOtherwiseIsNamed leads a new standby to servers that
// a mistaken port may well lead to.
func TestAnUpstreamThatAnswersOtherwiseIsNamed(t *testing.T) {
	t.Parallel()
	network := networkFor(t, "upstreams")
	primary := primaryOn(t, network, "primary")
	primary.Exec("timeout", "60", "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "bash", "-c", neighbours)
	for _, o := range []obstacle{
		{title: "server-not-ready", settings: []string{"MASTER_PORT=5502"}},
		{title: "walsenders-all-in-use", settings: []string{"MASTER_PORT=5504"}},
		{title: "one-of-two-walsenders-in-use", settings: []string{"MASTER_PORT=5505"}, waits: true},
		{title: "silent-port", settings: []string{"MASTER_PORT=5506"}},
		{title: "another-major-version", settings: []string{"MASTER_PORT=5503", "PG_MAJOR=14"}},
	} {
		if slices.Contains(o.settings, "PG_MAJOR="+major) {
			continue // this version is not another one
		}
		Golden(t, "preflight/"+o.title, stopsAt(t, network, o, o.settings))
	}
}

// TestAStandbyWithDataSaysWhyItCannotFollow starts a standby's data before a
// primary that it cannot follow: it is served where nothing contradicts it.
func TestAStandbyWithDataSaysWhyItCannotFollow(t *testing.T) {
	t.Parallel()
	network := networkFor(t, "stranded")
	primary := primaryOn(t, network, "primary", "-c", "wal_keep_size=0")
	primaryOn(t, network, "other")
	b := newNode(t, network, "b")
	b.as("standby", "primary", "MASTER_SLOT=b")
	follows(t, primary, b.Container)
	b.Docker("stop")
	compare := func(title, ready string, settings ...string) {
		b.as("standby", "primary", append(settings, "MASTER_SLOT=b")...)
		b.Says(ready)
		Golden(t, "preflight/"+title, remarks(b.Logs()))
		b.Docker("stop")
	}
	const served = "database system is ready to accept read"
	compare("data-and-wrong-password", served, "REPLICATION_PASSWORD=wrong")
	compare("data-and-another-cluster", served, "MASTER_SERVER=other")

	primary.SQL("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'")
	primary.SQL("SELECT pg_reload_conf()")
	for range 4 {
		primary.SQL("INSERT INTO test DEFAULT VALUES")
		primary.SQL("SELECT pg_switch_wal()")
	}
	primary.SQL("CHECKPOINT")
	compare("data-and-missing-wal", served)
}

// remarks are our warnings and errors, without their times.
func remarks(log string) string {
	var kept strings.Builder
	for line := range strings.Lines(log) {
		_, text, found := strings.Cut(line, "] ")
		if found && (strings.HasPrefix(text, "WARNING:  pgreplica: ") || strings.HasPrefix(text, "ERROR:  pgreplica: ")) {
			kept.WriteString(text)
		}
	}
	return kept.String()
}
