package pgctl

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"pgreplica/entrypoint/pg"
)

// TestWhatTheServersDataDoesToACopyIsNamed copies a real server with a damaged page,
// and then with a file that it may not read.
func TestWhatTheServersDataDoesToACopyIsNamed(t *testing.T) {
	c := newCluster(t)
	c.run("pg_checksums", "--enable", "-D", c.data)
	c.start()
	c.sql("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n")
	c.sql("CHECKPOINT")
	c.sql("SELECT pg_create_physical_replication_slot('s')")
	file := c.sql("SELECT pg_relation_filepath('t')")
	backup := func() error {
		at := t.TempDir()
		return BaseBackup{From: pg.Conninfo{Host: c.dir, Port: 5432, User: "postgres"}, Dir: filepath.Join(at, "copy"), Slot: "s", Label: "l", Checkpoint: "fast"}.
			Run(context.Background(), func(Progress) {}, nil, silent)
	}
	damaged, err := os.OpenFile(filepath.Join(c.data, file), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range []int64{2, 3} { // of one alone the server counts nothing
		if _, err := damaged.WriteAt([]byte("never written by PostgreSQL"), block*8192+4000); err != nil {
			t.Fatal(err)
		}
	}
	damaged.Close()
	if damage, ok := errors.AsType[*DamageError](backup()); !ok || damage.File != file || damage.Block != "2" {
		t.Errorf("got %v, want block 2 of %s", backup(), file)
	}
	if failures := c.sql("SELECT sum(checksum_failures) FROM pg_stat_database"); failures == "0" {
		t.Error("the server has not counted it")
	}
	if err := os.WriteFile(filepath.Join(c.data, "another users"), []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	if unreadable, ok := errors.AsType[*UnreadableError](backup()); !ok || unreadable.Said != `could not open file "./another users": Permission denied` {
		t.Errorf("got %v", backup())
	}
}

func TestAServersWordsOfAnyLanguageAreUnderstood(t *testing.T) {
	failed := &ProgramError{Program: "pg_basebackup", Err: errors.New("exit status 1")}
	for want, lines := range map[string][]string{
		"file base/13/1249, block 5 fails its checksum": {`WARNING:  checksum verification failed in file "./base/13/1249", block 5: calculated 8F2A but expected 7C11`,
			`WARNING:  checksum verification failed in file "./base/13/1250", block 6: calculated 1 but expected 2`, "pg_basebackup: error: checksum error occurred"},
		"file base/13/1249.1, block 131072 fails its checksum": {`ADVERTENCIA:  la suma de verificación falló en el archivo «./base/13/1249.1», bloque 131072: calculado 8F2A pero se esperaba 7C11`,
			"pg_basebackup: error: checksum error occurred", "pg_basebackup: error: log streamer process was terminated by signal 15: Terminated"},
		"file /a b/PG_13_202007201/16384/16390_fsm, block 0 fails its checksum": {`WARNUNG:  Prüfsummenüberprüfung fehlgeschlagen in Datei »/a b/PG_13_202007201/16384/16390_fsm«, Block 0: berechnet 1, aber erwartet 2`,
			"pg_basebackup: error: checksum error occurred"},
		"a page fails its checksum":        {"pg_basebackup: error: checksum error occurred"},
		"Datei »./x« nicht lesbar":         {"pg_basebackup: error: could not read COPY data: FEHLER:  Datei »./x« nicht lesbar"},
		"could not open directory \"./x\"": {`pg_basebackup: error: could not initiate base backup: ERROR:  could not open directory "./x"`},
		"pg_basebackup: exit status 1": {"pg_basebackup: error: could not read COPY data: FATAL:  terminating connection due to administrator command",
			"pg_basebackup: error: could not read COPY data: server closed the connection unexpectedly", `WARNING:  a word about "a/1" and 2`},
	} {
		var w damageWatch
		for _, line := range lines {
			w.line(line)
		}
		if got := w.explain(failed); got.Error() != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
