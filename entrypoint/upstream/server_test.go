package upstream

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/plan"
	"pgreplica/integration/realpg"
)

// follower is a node that is to follow a server. Its log goes to the buffer.
func follower(server realpg.Server) (*node.Node, *bytes.Buffer) {
	var log bytes.Buffer
	cfg := config.Config{MasterServer: "127.0.0.1", MasterPort: server.Port, ReplicationUser: "postgres", MasterSSLMode: "disable"}
	return &node.Node{Log: zerolog.New(&log), Config: cfg, Mode: pg.Standby, Slot: "db2"}, &log
}

// superuser is a connection to a server.
func superuser(t *testing.T, server realpg.Server) *pgx.Conn {
	t.Helper()
	conn, err := pgsql.Local(t.Context(), server.Socket, server.Port, "postgres", "postgres")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) })
	return conn
}

func TestAnUpstreamIsAskedAndIntroducedOnce(t *testing.T) {
	n, log := follower(realpg.New(t).Start(t))
	up := New(n, nil)
	defer up.Close()
	first, second := up.Ask(t.Context()), up.Ask(t.Context())
	if first == nil || second != first || up.Err() != nil {
		t.Errorf("got %v and %v, %v", first, second, up.Err())
	}
	if lines := strings.Count(log.String(), "the primary answers"); lines != 1 {
		t.Errorf("%d lines:\n%s", lines, log.String())
	}
}

func TestASlotIsReservedKeptAndMissed(t *testing.T) {
	server := realpg.New(t).Start(t)
	n, log := follower(server)
	up := New(n, nil)
	defer up.Close()
	here := pg.Health{Timeline: 1, Slot: n.Slot, Received: up.Ask(t.Context()).LSN}
	fault := func() string {
		why := up.AskWhyNot(t.Context(), here)
		if why == nil {
			return ""
		}
		return why.ID
	}
	if got := fault(); got != "slot-absent" {
		t.Errorf("without a slot: got %q", got)
	}
	for range 2 {
		if err := up.Reserve(t.Context(), n.Slot); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(log.String(), "the slot was there already") {
		t.Errorf("a slot of our own naming is warned of:\n%s", log.String())
	}
	n.Config.MasterSlot = n.Slot
	if err := up.Reserve(t.Context(), n.Slot); err != nil || !strings.Contains(log.String(), "the slot was there already") {
		t.Errorf("%v, and said\n%s", err, log.String())
	}
	if got := fault(); got != "" {
		t.Errorf("with its slot: got %q", got)
	}
	if _, err := superuser(t, server).Exec(t.Context(), "SELECT pg_drop_replication_slot('db2')"); err != nil {
		t.Fatal(err)
	}
	if err := up.Keep(t.Context()); err != nil {
		t.Error(err)
	}
	if got := fault(); got != "" {
		t.Errorf("with a slot that was kept: got %q", got)
	}
}

func TestDataIsComparedWithItsUpstream(t *testing.T) {
	cluster := realpg.New(t)
	t.Setenv("PATH", cluster.Bin+":"+os.Getenv("PATH"))
	same, other := copyOf(t, cluster), copyOf(t, cluster)
	other.Single("CREATE TABLE other ()\nSELECT 'written'")
	server := cluster.Start(t)
	if _, err := superuser(t, server).Exec(t.Context(), "CREATE TABLE public.here AS SELECT generate_series(1, 100000)"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		title string
		data  *realpg.Cluster
		want  plan.Relation
	}{{"a copy", same, plan.Follows}, {"a copy that was written to", other, plan.Diverged}} {
		n, log := follower(server)
		n.Volume = pgdata.Layout{Dir: c.data.Dir}
		data, err := pgdata.Inspect(c.data.Dir)
		if err != nil {
			t.Fatal(err)
		}
		up := New(n, nil)
		defer up.Close()
		up.Ask(t.Context())
		got := up.Compare(t.Context(), data)
		if got.Kind != c.want || (got.Excess > 0) != (c.want == plan.Diverged) {
			t.Errorf("%s: got %+v, want %s; said\n%s", c.title, got, c.want, log.String())
		}
		if again := up.Compare(t.Context(), data); again != got || strings.Count(log.String(), "compared the data") != 1 {
			t.Errorf("%s: compared again, got %+v", c.title, again)
		}
		up.Copied()
		if now := up.Compare(t.Context(), data); now.Kind != plan.Follows {
			t.Errorf("%s, replaced by a copy: got %+v", c.title, now)
		}
	}
}

// copyOf is a copy of a cluster that no server runs on.
func copyOf(t *testing.T, cluster *realpg.Cluster) *realpg.Cluster {
	t.Helper()
	copied := *cluster
	copied.Dir += "_" + filepath.Base(t.TempDir())
	if out, err := exec.Command("cp", "--archive", cluster.Dir, copied.Dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return &copied
}
