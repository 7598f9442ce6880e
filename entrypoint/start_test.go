package entrypoint

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
	"pgreplica/entrypoint/upstream"
)

// newStart is a start on an empty volume.
func newStart(t *testing.T, mode pg.Mode) *start {
	t.Helper()
	volume := t.TempDir()
	l := pgdata.Below(filepath.Join(volume, "pgdata"))
	if err := errors.Join(os.Mkdir(l.Dir, 0o700), os.Mkdir(l.State, 0o700)); err != nil {
		t.Fatal(err)
	}
	n := &node.Node{Log: zerolog.Nop(), Config: config.Config{Mode: mode, AutoRejoin: "off"}, Mode: mode, Volume: l, Record: pgdata.ReadRecord(l.State)}
	return &start{Node: n, up: upstream.New(n, nil)}
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// refusedTo says whether an act was refused by its assertion, and by nothing that
// came after it.
func refusedTo(err error, act string) bool {
	return err != nil && strings.Contains(err.Error(), "will not "+act)
}

func TestNothingIsOpenedReadWriteBesideItsSignal(t *testing.T) {
	for _, c := range []struct {
		mode   pg.Mode
		signal bool
		may    bool
	}{{pg.Primary, false, true}, {pg.Primary, true, false}, {pg.Standby, true, true}, {pg.Standby, false, false}} {
		s := newStart(t, c.mode)
		if c.signal {
			write(t, filepath.Join(s.Volume.Dir, "standby.signal"))
		}
		if err := s.assertMayOpen(); refusedTo(err, "start") == c.may {
			t.Errorf("a %s, standby.signal %v: %v", c.mode, c.signal, err)
		}
	}
}

func TestNoClusterIsMadeWhereOneMayHaveBeen(t *testing.T) {
	t.Setenv("PATH", "") // no initdb to run
	for title, change := range map[string]func(*start){
		"a standby":                 func(s *start) { s.Mode = pg.Standby },
		"a strange file":            func(s *start) { write(t, filepath.Join(s.Volume.Dir, "notes.txt")) },
		"a recorded cluster":        func(s *start) { s.Record.SystemID = 7 },
		"SYSTEM_ID":                 func(s *start) { s.Config.SystemID = 7 },
		"data that was set aside":   func(s *start) { write(t, filepath.Join(s.Volume.Old, "data_old-20261123T200000Z", "PG_VERSION")) },
		"nothing, which is allowed": func(*start) {},
	} {
		s := newStart(t, pg.Primary)
		change(s)
		err := s.do(t.Context(), plan.InitDB{})
		if refusedTo(err, "make a cluster") == (title == "nothing, which is allowed") {
			t.Errorf("%s: %v", title, err)
		}
	}
}

func TestNothingIsSetAsideForACopyOfLess(t *testing.T) {
	data := pg.DataDir{Contents: pg.Cluster, SystemID: 7, Timeline: 2}
	for _, c := range []struct {
		title    string
		rejoin   string
		data     pg.DataDir
		upstream *pg.Server
		may      bool
	}{
		{"asked for", "reclone", data, &pg.Server{SystemID: 7, Timeline: 2}, true},
		{"not asked for", "off", data, &pg.Server{SystemID: 7, Timeline: 2}, false},
		{"of a standby", "reclone", data, &pg.Server{SystemID: 7, Timeline: 2, InRecovery: true}, false},
		{"of an older timeline", "reclone", data, &pg.Server{SystemID: 7, Timeline: 1}, false},
		{"of a server that did not answer", "reclone", data, nil, false},
		{"another cluster's data", "off", data, &pg.Server{SystemID: 8, Timeline: 1}, true},
		{"an incomplete cluster", "off", pg.DataDir{Contents: pg.Incomplete}, &pg.Server{SystemID: 7, Timeline: 2}, true},
	} {
		s := newStart(t, pg.Standby)
		s.Config.AutoRejoin, s.have.Data, s.have.Upstream = c.rejoin, c.data, c.upstream
		if err := s.do(t.Context(), plan.SetAside{}); refusedTo(err, "set this cluster aside") == c.may {
			t.Errorf("%s: %v", c.title, err)
		}
	}
	if err := newStart(t, pg.Primary).do(t.Context(), plan.SetAside{}); !refusedTo(err, "set this cluster aside") {
		t.Errorf("a primary sets data aside: %v", err)
	}
}

// TestTheNodeIDIsOnTheDiskBeforeASlotIsNamedForIt ends a start where it first looks
// at the volume.
func TestTheNodeIDIsOnTheDiskBeforeASlotIsNamedForIt(t *testing.T) {
	s := newStart(t, pg.Standby)
	write(t, filepath.Join(s.Volume.State, "journal.json")) // which is not what this program writes
	if err := s.walk(t.Context()); pg.ExitStatus(err) != 65 {
		t.Fatalf("got %v, want exit 65", err)
	}
	if kept := pgdata.ReadRecord(s.Volume.State); kept.NodeID != s.Record.NodeID {
		t.Errorf("the next start calls itself %s, this one %s", kept.NodeID, s.Record.NodeID)
	}
}

func TestOnlyACopyOfTheUpstreamItselfIsKept(t *testing.T) {
	s := newStart(t, pg.Standby)
	journal, err := pgdata.Begin(s.Volume, "clone")
	if err != nil {
		t.Fatal(err)
	}
	staged := journal.Staged(s.Volume)
	for id, want := range map[pg.SystemID]string{7: "", 8: "the base backup is of cluster 7, the primary said 8"} {
		s.have.Upstream = &pg.Server{SystemID: id}
		placeCluster(t, staged, 7)
		if err := s.checkCopy(journal); err != nil && err.Error() != want || err == nil && want != "" {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := os.Remove(filepath.Join(staged, "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	if err := s.checkCopy(journal); err == nil {
		t.Error("half a cluster is kept")
	}
}

// placeCluster makes what tells a cluster from another folder: its version, and a
// pg_control with its system identifier.
func placeCluster(t *testing.T, dir string, id uint64) {
	t.Helper()
	control := make([]byte, 280)
	binary.NativeEndian.PutUint64(control, id)
	control = binary.NativeEndian.AppendUint32(control, crc32.Checksum(control, crc32.MakeTable(crc32.Castagnoli)))
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "global"), 0o700), os.WriteFile(filepath.Join(dir, "PG_VERSION"), []byte("13\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "global", "pg_control"), control, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestANewClustersLogSaysWhichRolesAndWhereTheirPasswordsAre(t *testing.T) {
	secret := func(text string) (s config.Secret) { _ = s.Decode(text); return s }
	for _, c := range []struct {
		environ                      []string
		application, roles, password string
	}{
		{[]string{"POSTGRES_PASSWORD_FILE=/run/a", "REPLICATION_PASSWORD=r"}, "p", "admin, adempiere, replicator", "/run/a, REPLICATION_PASSWORD"},
		{[]string{"POSTGRES_PASSWORD=p", "APP_PASSWORD_FILE=/run/b", "REPLICATION_PASSWORD_FILE=/run/c"}, "q", "admin, adempiere, replicator", "POSTGRES_PASSWORD, /run/b, /run/c"},
		{[]string{"POSTGRES_USER_FILE=/run/u", "POSTGRES_PASSWORD=p"}, "p", "POSTGRES_USER_FILE, adempiere, replicator", "POSTGRES_PASSWORD, REPLICATION_PASSWORD"},
	} {
		s := newStart(t, pg.Primary)
		s.Config.PostgresUser, s.Config.AppUser, s.Config.ReplicationUser = "admin", "adempiere", "replicator"
		s.Config.PostgresPassword, s.Config.AppPassword, s.Config.ReplicationPassword = secret("p"), secret(c.application), secret("r")
		roles, passwords := madeRoles(s.Node, c.environ)
		if got := strings.Join(roles, ", "); got != c.roles {
			t.Errorf("%q: roles %s, want %s", c.environ, got, c.roles)
		}
		if got := strings.Join(passwords, ", "); got != c.password {
			t.Errorf("%q: passwords %s, want %s", c.environ, got, c.password)
		}
	}
}
