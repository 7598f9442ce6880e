package pgdata

import (
	"os"
	"path/filepath"
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestAReceiverIsKnownByItsTitle(t *testing.T) {
	for title, want := range map[string]pg.Reception{
		"postgres: walreceiver   streaming 0/3000148\x00\x00":           pg.Streams,
		"postgres: pgreplica_1234: walreceiver streaming 1A/3000148":    pg.Streams,
		"postgres: db: x: walreceiver streaming 0/3000148":              pg.Streams,
		"postgres: walreceiver   \x00\x00":                              pg.NotKnown,
		"postgres: pgreplica_1234: walreceiver idle":                    pg.NotKnown,
		"postgres: walsender postgres 10.0.0.1 streaming 0/3000148":     pg.NoReceiver,
		"grep postgres: walreceiver streaming ":                         pg.NoReceiver,
		"postgres: walreceivers: startup recovering 000000010000000001": pg.NoReceiver,
	} {
		proc := t.TempDir()
		process(t, proc, "20", "postgres", "20 (postgres) S 1 1 1")
		process(t, proc, "21", title, "21 (post) gres) S 20 1 1")
		process(t, proc, "31", "postgres: walreceiver streaming 0/1", "31 (postgres) S 30 1 1") // of another server
		if got := receiver(proc, "20"); got != want {
			t.Errorf("%q: got %v, want %v", title, got, want)
		}
	}
	if got := receiver(t.TempDir(), ""); got != pg.NotKnown {
		t.Errorf("without a postmaster: got %v", got)
	}
}

func process(t *testing.T, proc, id, cmdline, stat string) {
	t.Helper()
	dir := filepath.Join(proc, id)
	for name, text := range map[string]string{"cmdline": cmdline, "stat": stat} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
