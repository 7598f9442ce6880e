package pgctl

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestEachTablespaceIsMappedIntoTheCopy(t *testing.T) {
	args := fake(t, "")
	backup := BaseBackup{Dir: "/v/clone-1", WALDir: "/wal/clone-1", TablespaceDir: "/v/a=b/clone-1",
		Tablespaces: []pg.Tablespace{{OID: 1, Location: "/ts"}, {OID: 2, Location: `/x=y/z\=`}, {OID: 3, Location: "pg_tblspc/3"}}}
	if err := backup.Run(context.Background(), func(Progress) {}, silent); err != nil {
		t.Fatal(err)
	}
	got := slices.DeleteFunc(args(), func(arg string) bool { return len(arg) < 4 || arg[:4] != "--ta" && arg[:4] != "--wa" })
	want := []string{"--wal-method=stream", "--waldir=/wal/clone-1",
		`--tablespace-mapping=/ts=/v/a\=b/clone-1/1`, `--tablespace-mapping=/x\=y/z\\==/v/a\=b/clone-1/2`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPostgreSQLReadsAMappingAsWeWriteIt copies a real server with a tablespace
// whose path has every character that could break a mapping.
func TestPostgreSQLReadsAMappingAsWeWriteIt(t *testing.T) {
	c := newCluster(t)
	c.start()
	location := filepath.Join(c.dir, `a=b \=c "d"`)
	c.run("mkdir", location)
	c.sql("CREATE TABLESPACE odd LOCATION '" + location + "'")
	c.sql("CREATE TABLE t TABLESPACE odd AS SELECT 1 AS n")
	c.sql("SELECT pg_create_physical_replication_slot('s')")
	oid := c.sql("SELECT oid FROM pg_tablespace WHERE spcname = 'odd'")
	number, err := strconv.ParseUint(oid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	at := t.TempDir()
	backup := BaseBackup{From: pg.Conninfo{Host: c.dir, Port: 5432, User: "postgres"}, Dir: filepath.Join(at, "copy"), Slot: "s", Label: "l", Checkpoint: "fast",
		WALDir:      filepath.Join(at, "wal"),
		Tablespaces: []pg.Tablespace{{OID: uint32(number), Location: location}}, TablespaceDir: filepath.Join(at, "tblspc=1")}
	if err := backup.Run(context.Background(), func(Progress) {}, silent); err != nil {
		t.Fatal(err)
	}
	if err := VerifyBackup(context.Background(), backup.Dir, silent); err != nil {
		t.Error(err)
	}
	for link, want := range map[string]string{"pg_tblspc/" + oid: filepath.Join(at, "tblspc=1", oid), "pg_wal": filepath.Join(at, "wal")} {
		if got, err := os.Readlink(filepath.Join(backup.Dir, link)); err != nil || got != want {
			t.Errorf("%s leads to %s, %v, want %s", link, got, err, want)
		}
	}
}
