//go:build integration

package integration

import (
	"path"
	"strings"
	"testing"
)

// withTablespace runs a primary that has a table in a tablespace on a volume of
// its own, and a standby of it with those settings.
func withTablespace(t *testing.T, name string, settings ...string) (a, b *node) {
	t.Helper()
	network := networkFor(t, name)
	a, b = newNode(t, network, "a"), newNode(t, network, "b")
	a.mount(t, "ts", "/srv/a=b")
	a.as("primary", "")
	a.Healthy()
	a.Exec("chown", "postgres", "/srv/a=b")
	a.SQL("CREATE TABLESPACE elsewhere LOCATION '/srv/a=b'")
	a.SQL("CREATE TABLE far TABLESPACE elsewhere AS SELECT generate_series(1, 10000) AS n")
	b.as("standby", "a", settings...)
	b.Healthy()
	return a, b
}

// tablespace is the folder that the one tablespace of a node lies in.
func (n *node) tablespace() string {
	n.t.Helper()
	return n.Exec("sh", "-c", "readlink "+dataDir+"/pg_tblspc/*")
}

// same fails the test where the table in the tablespace differs.
func same(t *testing.T, a, b *node) {
	t.Helper()
	follows(t, a.Container, b.Container)
	const sum = "SELECT count(*), sum(n) FROM far"
	if here, there := a.SQL(sum), b.SQL(sum); here != there {
		t.Errorf("the primary has %s in the tablespace, the standby %s", here, there)
	}
}

func TestATablespaceIsCopiedToAPlaceOfItsOwn(t *testing.T) {
	t.Parallel()
	a, b := withTablespace(t, "ts")
	same(t, a, b)
	first, state := b.tablespace(), path.Dir(dataDir)+"/.pgreplica/tblspc/"
	if !strings.HasPrefix(first, state+"clone-") {
		t.Errorf("the standby's tablespace lies in %s", first)
	}
	b.as("standby", "a")
	b.Healthy()
	same(t, a, b)
	b.NeverSaid("copying the primary")

	// The standby forks, and is copied anew: old and new data are kept apart.
	b.Docker("stop")
	output, status := Run(t, "--user", "postgres", "--volume", b.volume+":"+volume, image("slave"), "sh", "-c", `cd `+dataDir+` && rm standby.signal &&
		pg_ctl -D . -w -o "-c listen_addresses=" start >/dev/null && psql -U postgres -qc 'DELETE FROM far' && pg_ctl -D . -w stop >/dev/null && touch standby.signal`)
	if status != 0 {
		t.Fatal(output)
	}
	a.SQL("INSERT INTO far SELECT generate_series(1, 1000)")
	b.as("standby", "a", "AUTO_REJOIN=reclone")
	b.Healthy()
	same(t, a, b)
	if again := b.tablespace(); again == first || b.Exec("ls", again) == "" {
		t.Errorf("the new copy's tablespace lies in %s, the old one's in %s", again, first)
	}
	if old := b.Exec("sh", "-c", "readlink -e "+path.Dir(dataDir)+"/data_old-*/pg_tblspc/*"); old != first || b.Exec("ls", old) == "" {
		t.Errorf("the old data's tablespace lies in %s, it was in %s", old, first)
	}

	// What the log says to type removes the old data with its tablespace.
	_, command, _ := strings.Cut(b.Logs(), "docker compose exec slave rm -r ")
	words := strings.Fields(strings.Split(command, `"`)[0])
	if len(words) != 2 || words[1] != path.Dir(first) {
		t.Fatalf("the log says to remove %q, the old tablespace lies in %s", words, first)
	}
	b.Exec(append([]string{"rm", "-r"}, words...)...)
	same(t, a, b)
	if left := b.Exec("ls", state); left != path.Base(path.Dir(b.tablespace())) {
		t.Errorf("folders of tablespaces that are left: %s", left)
	}
}

// TestATablespaceInTheContainerIsNamedBeforeItIsLost makes one without a volume,
// and then a new container.
func TestATablespaceInTheContainerIsNamedBeforeItIsLost(t *testing.T) {
	t.Parallel()
	a := newNode(t, networkFor(t, "ts-lost"), "a")
	a.as("primary", "")
	a.Healthy()
	a.NeverSaid("lies in the container")
	a.Exec("install", "--directory", "--owner", "postgres", "/srv/lost")
	a.SQL("CREATE TABLESPACE lost LOCATION '/srv/lost'")
	a.Docker("restart")
	a.Healthy()
	a.Says("a part of the cluster lies in the container", "docker compose cp --archive master:/srv/lost")
	a.as("primary", "")
	if status := a.ends(); status != "65" {
		t.Errorf("a server whose tablespace is gone ends with %s, want 65", status)
	}
	a.Says("/srv/lost")
}

// TestAMigratedClusterFindsItsTablespaces copies a cluster to the root of a
// volume, and moves it below: what its links lead to must not move with it.
func TestAMigratedClusterFindsItsTablespaces(t *testing.T) {
	t.Parallel()
	a, b := withTablespace(t, "ts-root", "PGDATA="+path.Dir(dataDir))
	same(t, a, b)
	at := b.Exec("sh", "-c", "readlink "+path.Dir(dataDir)+"/pg_tblspc/*")
	b.Docker("stop")
	said, status := Run(t, "--volume", b.volume+":"+volume, "--env", "REPLICATION_MODE=standby", "--env", "MASTER_SERVER=a", "--env", "REPLICATION_PASSWORD=test-2", image("slave"), "migrate-layout")
	if status != 0 {
		t.Fatal(said)
	}
	b.as("standby", "a")
	b.Healthy()
	same(t, a, b)
	b.NeverSaid("copying the primary")
	if moved := b.tablespace(); moved != at || b.Exec("ls", at) == "" {
		t.Errorf("the tablespace lies in %s, it was in %s", moved, at)
	}
}
