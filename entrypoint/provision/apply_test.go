package provision

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/integration/realpg"
)

// newApplication is an apply at a primary that runs.
func newApplication(t *testing.T) application {
	t.Helper()
	cluster := realpg.New(t)
	server := cluster.Start(t)
	conn, err := pgsql.Local(t.Context(), server.Socket, server.Port, "postgres", "postgres")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) })
	n := newRoles(t).Node
	n.Mode = pg.Primary
	return application{node: n, conn: conn, files: Files{Node: n, Dir: cluster.Dir, Running: true}}
}

func TestApplyMakesRolesAndReloadsOnce(t *testing.T) {
	a := newApplication(t)
	steps := func() []string {
		t.Helper()
		a.done = nil
		for _, do := range []func() error{func() error { return a.reload(t.Context()) }, func() error { return a.givePasswords(t.Context()) }} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}
		return a.done
	}
	if done := steps(); len(done) != 2 || done[0] != "brought role app up to date" || done[1] != "brought role replicator up to date" {
		t.Errorf("got %q", done)
	}
	if done := steps(); len(done) != 0 {
		t.Errorf("nothing has changed: got %q", done)
	}
	if _, err := a.conn.Exec(t.Context(), "ALTER ROLE app PASSWORD 'of a dump'"); err != nil {
		t.Fatal(err)
	}
	if others, err := (Roles{a.node}).Examine(t.Context(), a.conn); err != nil || len(others) != 2 || others[0] != (doctor.OtherPassword{Role: "postgres", Kept: true}) || others[1].Role != "app" || others[1].Kept {
		t.Errorf("got %+v, %v", others, err)
	}
	if done := steps(); len(done) != 1 || done[0] != "brought role app up to date" {
		t.Errorf("the server has another password: got %q", done)
	}
	if !slices.Contains(a.kept, "postgres") || slices.Contains(a.kept, "app") {
		t.Errorf("kept: got %q", a.kept)
	}
	soon := time.Now().Add(time.Hour) // the server's last look has a whole second
	if err := os.Chtimes(filepath.Join(a.files.Dir, pgconf.HBAFile), soon, soon); err != nil {
		t.Fatal(err)
	}
	if done := steps(); len(done) != 1 || done[0] != "the server has read its configuration" {
		t.Errorf("pg_hba.conf is newer: got %q", done)
	}
}

func TestAFileThatTheServerObjectsToIsNamedWithItsLine(t *testing.T) {
	a := newApplication(t)
	text := pgconf.InstalledHBA(hbaBlock(a.node, ""), "local all all trust\nlocal all all nowhere\n")
	put(t, filepath.Join(a.files.Dir, pgconf.HBAFile), text)
	m := mountedFile{name: pgconf.HBAFile, path: "/c/pg_hba.conf", text: "local all all trust\nlocal all all nowhere\n"}
	got, err := a.askServer(t.Context(), m)
	if err != nil || got == nil || got.under != serverSaid || got.reason != `line 2: invalid authentication method "nowhere"` {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAllSlotsAreSeenWithTheirServer(t *testing.T) {
	a := newApplication(t)
	if _, err := a.conn.Exec(t.Context(), "SELECT pg_create_physical_replication_slot('db2')"); err != nil {
		t.Fatal(err)
	}
	var seen doctor.Seen
	if err := LookAtSlots(t.Context(), a.conn, &seen); err != nil {
		t.Fatal(err)
	}
	if seen.Server == nil || seen.Server.InRecovery || len(seen.Slots) != 1 || seen.Slots[0].Name != "db2" || len(seen.Followers) != 0 {
		t.Errorf("got %+v", seen)
	}
}
