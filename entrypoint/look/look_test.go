package look

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/integration/realpg"
)

// noServer is a postmaster.pid with a port that no server on this machine has a
// socket for.
const noServer = "1\n/\n1\n1\n"

// newNode is a node on a volume whose data directory is dir, where no server runs.
func newNode(t *testing.T, mode pg.Mode, dir string) *node.Node {
	t.Helper()
	volume := pgdata.Below(dir)
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.MkdirAll(volume.State, 0o700)); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "postmaster.pid"), noServer)
	return &node.Node{Log: zerolog.Nop(), Config: config.Config{PostgresUser: "postgres", ConfigDir: t.TempDir()}, Mode: mode, Slot: "db2", Volume: volume, Record: pgdata.ReadRecord(volume.State)}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func gather(t *testing.T, n *node.Node, depth Depth) doctor.Seen {
	t.Helper()
	seen, err := Gather(t.Context(), n, depth)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func TestAServerThatIsNotThereIsNoErrorButForItsSlots(t *testing.T) {
	n := newNode(t, pg.Primary, filepath.Join(t.TempDir(), "pgdata"))
	const want = "no server listens on /var/run/postgresql/.s.PGSQL.1"
	for _, live := range []bool{true, false} {
		depth := map[bool]Depth{true: Live, false: Health}[live]
		if line, err := doctor.Health(gather(t, n, depth), live); err == nil || err.Error() != want {
			t.Errorf("live %v: got %q, %v", live, line, err)
		}
	}
	for _, depth := range []Depth{Status, Doctor} {
		if seen := gather(t, n, depth); seen.Server != nil || seen.NoAnswer.ID != "refused" || seen.Data == nil || seen.Stopped != nil {
			t.Errorf("depth %d: got %+v", depth, seen)
		}
	}
	if _, err := Gather(t.Context(), n, Slots); err == nil || err.Error() != want || pg.ExitStatus(err) != 69 {
		t.Errorf("slots: got %v, exit %d", err, pg.ExitStatus(err))
	}
}

func TestAStoppedClusterIsReportedFromItsVolume(t *testing.T) {
	cluster := realpg.New(t)
	t.Setenv("PATH", cluster.Bin)
	n := newNode(t, pg.Primary, cluster.Dir)
	put(t, filepath.Join(n.Volume.Old, "data_old-20261123T200000Z", "PG_VERSION"), "15\n")
	seen := gather(t, n, Status)
	if seen.Data.Contents != pg.Cluster || seen.Stopped == nil {
		t.Fatalf("got %+v", seen)
	}
	if s := *seen.Stopped; s.State != "shut down" || s.Timeline != 1 || s.LSN == 0 {
		t.Errorf("pg_control: got %+v", s)
	}
	if state, why := doctor.Absence(seen); state != "stopped" || why.Text != "no server runs here" {
		t.Errorf("got %q and %+v", state, why)
	}
	if len(seen.Aside) != 1 || !seen.Aside[0].Whole || seen.Aside[0].Bytes == 0 {
		t.Errorf("old data: got %+v", seen.Aside)
	}
	if seen := gather(t, n, Health); seen.Stopped != nil {
		t.Error("a healthcheck runs pg_controldata")
	}
	if err := pgdata.Lock(filepath.Dir(n.Volume.State)); err != nil {
		t.Fatal(err)
	}
	if seen := gather(t, n, Status); !seen.Volume.InUse || seen.Stopped != nil {
		t.Errorf("while somebody uses the volume: got %+v and %+v", seen.Volume, seen.Stopped)
	}
}

func TestRejectedFilesAreReported(t *testing.T) {
	n := newNode(t, pg.Primary, filepath.Join(t.TempDir(), "pgdata"))
	n.Record.Reject("postgresql.conf", pgdata.Rejection{Hash: "1", Reason: "line 3: nonsense"})
	n.Record.Reject("pg_hba.conf", pgdata.Rejection{Hash: "2", Reason: "line 1: nonsense"})
	for _, depth := range []Depth{Health, Status} {
		files := gather(t, n, depth).Files
		if len(files) != 2 || files[0].Name != "pg_hba.conf" || files[1] != (doctor.File{Name: "postgresql.conf", Rejected: "line 3: nonsense"}) {
			t.Errorf("depth %d: got %+v", depth, files)
		}
	}
	if files := gather(t, n, Live).Files; len(files) != 0 {
		t.Errorf("got %+v", files)
	}
}

// newStandby is a node that is to follow what listens on that port of 127.0.0.1.
func newStandby(t *testing.T, port uint16) *node.Node {
	t.Helper()
	n := newNode(t, pg.Standby, filepath.Join(t.TempDir(), "pgdata"))
	n.Config.MasterServer, n.Config.MasterPort, n.Config.MasterSSLMode, n.Config.ReplicationUser = "127.0.0.1", port, "disable", "postgres"
	if err := n.Config.ReplicationPassword.Decode("canary"); err != nil {
		t.Fatal(err)
	}
	return n
}

// closedPort is a port of 127.0.0.1 that nobody listens on.
func closedPort(t *testing.T) uint16 {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return uint16(listener.Addr().(*net.TCPAddr).Port)
}

func TestAPrimaryThatIsNotThereIsReported(t *testing.T) {
	n := newStandby(t, closedPort(t))
	status := gatherer{node: n, depth: Status, seen: doctor.Seen{Server: &pg.Health{InRecovery: true}, Link: &doctor.Link{}}}
	status.lookAtUpstream(t.Context())
	for title, seen := range map[string]doctor.Seen{"status": status.seen, "doctor": gather(t, n, Doctor)} {
		if seen.Upstream != nil || seen.UpstreamFault == nil || seen.UpstreamFault.ID != "refused" {
			t.Errorf("%s: got %+v and %+v", title, seen.Upstream, seen.UpstreamFault)
		}
	}
	if seen := gather(t, n, Status); seen.UpstreamFault != nil {
		t.Errorf("status asks it where no standby runs: %+v", seen.UpstreamFault)
	}
	n.Config.ReplicationPassword = config.Secret{}
	if seen := gather(t, n, Doctor); seen.UpstreamFault != nil || seen.Link.Address == "" {
		t.Errorf("it is asked without a password: %+v", seen.UpstreamFault)
	}
}

func TestAnUpstreamThatIsThisServerIsReported(t *testing.T) {
	n := newStandby(t, closedPort(t))
	put(t, filepath.Join(n.Volume.Dir, "postgresql.conf"), fmt.Sprintf("port = %d\n", n.Config.MasterPort))
	seen := gather(t, n, Doctor)
	if seen.Upstream != nil || seen.UpstreamFault == nil || seen.UpstreamFault.ID != "upstream-is-self" {
		t.Errorf("got %+v and %+v", seen.Upstream, seen.UpstreamFault)
	}
}

func TestAnEnvironmentWithMistakesIsAllThatIsLookedAt(t *testing.T) {
	mistake := config.Mistake{ID: "env-value", Variable: "MASTER_PORT", What: "is no port", Remedy: "Write one."}
	warning := config.Warning{ID: "env-first-start", Variable: "POSTGRES_DB", What: "is late", Remedy: "Make it."}
	seen, err := Examine(t.Context(), config.Config{Mode: pg.Primary}, []config.Warning{warning}, &config.Invalid{Mistakes: []config.Mistake{mistake}})
	if err != nil || seen.Volume != nil || seen.NoAnswer != nil || len(seen.Remarks) != 2 {
		t.Fatalf("got %+v, %v", seen, err)
	}
	if first := seen.Remarks[0]; !first.Mistake || first.Text != "MASTER_PORT: is no port" || seen.Remarks[1].Mistake {
		t.Errorf("got %+v", seen.Remarks)
	}
}
