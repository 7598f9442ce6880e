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
	if err := backup.Run(context.Background(), func(Progress) {}, nil, silent); err != nil {
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
	if err := backup.Run(context.Background(), func(Progress) {}, nil, silent); err != nil {
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

func TestABaseBackupIsAskedForWhole(t *testing.T) {
	args := fake(t, "progress")
	var seen []Progress
	backup := BaseBackup{Dir: "/v/clone-1", Slot: "s", Label: "l", Checkpoint: "fast", MaxRate: "32M"}
	backup.From.Host, backup.From.Passfile = "db1", "/run/passfile"
	var lines []string
	err := backup.Run(context.Background(), func(p Progress) { seen = append(seen, p) }, func(Silence) {}, func(_, line string) { lines = append(lines, line) })
	if err != nil {
		t.Fatal(err)
	}
	got := args()
	for _, want := range []string{"pg_basebackup", "--pgdata=/v/clone-1", "--slot=s", "--checkpoint=fast", "--no-password", "--max-rate=32M",
		"--wal-method=stream", "--manifest-checksums=CRC32C", "--dbname=" + backup.From.String()} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s among %q", want, got)
		}
	}
	for _, forbidden := range []string{"-R", "--write-recovery-conf", "-C", "--create-slot"} {
		if slices.Contains(got, forbidden) {
			t.Errorf("%s among %q", forbidden, got)
		}
	}
	if want := []Progress{{0, 30 << 10}, {15 << 10, 30 << 10}}; !slices.Equal(seen, want) {
		t.Errorf("progress %v, want %v", seen, want)
	}
	if !slices.Equal(lines, []string{"first line", "waiting for checkpoint"}) {
		t.Errorf("got lines %q", lines)
	}
}

func FuzzProgress(f *testing.F) {
	f.Add("  23456/98765 kB (23%), 0/1 tablespace (...x/base/13408/2610)")
	f.Add("1/2 kB (")
	f.Fuzz(func(t *testing.T, line string) {
		if p, ok := parseProgress(line); ok && (p.Done < 0 || p.Total < 0) {
			t.Errorf("%q: %+v", line, p)
		}
	})
}
