package pgctl

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A BaseBackup describes the copy of a running server that Run makes.
type BaseBackup struct {
	From       pg.Conninfo
	Dir        string // the new data directory, which must not exist yet
	Slot       string
	Label      string
	Checkpoint string // fast or spread
	MaxRate    string // as pg_basebackup reads it; empty is no limit
	Compress   string // as pg_basebackup reads it; empty is off
	WALDir     string // the folder for pg_wal, which must not exist yet; empty: pg_wal stays in Dir

	Tablespaces   []pg.Tablespace // of the server
	TablespaceDir string          // holds a folder for each tablespace, named by its oid
}

// A Progress is how far a base backup has come, in bytes. The total is an
// estimate and may grow.
type Progress struct{ Done, Total int64 }

// Run copies the server with pg_basebackup, and leaves it to the caller to sync
// the copy. Run writes neither standby.signal nor primary_conninfo:
// pg_basebackup -R would write every option of this one connection with them.
// progress gets how far the copy has come, onLine every other line of output.
// quiet is called where there is none; it may be nil.
func (b BaseBackup) Run(ctx context.Context, progress func(Progress), quiet func(Silence), onLine LineFunc) error {
	args := []string{"--dbname=" + b.From.String(), "--pgdata=" + b.Dir, "--format=plain", "--wal-method=stream", "--slot=" + b.Slot,
		"--checkpoint=" + b.Checkpoint, "--no-password", "--no-sync", "--progress", "--verbose", "--label=" + b.Label, "--manifest-checksums=CRC32C"}
	if b.MaxRate != "" {
		args = append(args, "--max-rate="+b.MaxRate)
	}
	if b.Compress != "" {
		args = append(args, "--compress="+b.Compress)
	}
	if b.WALDir != "" {
		args = append(args, "--waldir="+b.WALDir)
	}
	args = append(args, b.tablespaceMappings()...)
	var data damageWatch
	watch := func(program, line string) {
		if p, ok := parseProgress(line); ok {
			progress(p)
			return
		}
		data.line(line)
		onLine(program, line)
	}
	return data.explain(run(ctx, job{program: "pg_basebackup", args: args, onLine: watch, quiet: quiet}))
}

// tablespaceMappings gives each tablespace a folder of its own in
// TablespaceDir. Without a mapping pg_basebackup would write to the path that
// the tablespace has on the server.
func (b BaseBackup) tablespaceMappings() []string {
	escape := strings.NewReplacer("=", `\=`)
	var args []string
	for _, t := range b.Tablespaces {
		if filepath.IsAbs(t.Location) { // a relative location lies in the data directory
			place := filepath.Join(b.TablespaceDir, strconv.FormatUint(uint64(t.OID), 10))
			args = append(args, "--tablespace-mapping="+escape.Replace(t.Location)+"="+escape.Replace(place))
		}
	}
	return args
}

// parseProgress reads a line of pg_basebackup --progress:
// "  23456/98765 kB (23%), 0/1 tablespace".
func parseProgress(line string) (Progress, bool) {
	counts, rest, found := strings.Cut(strings.TrimSpace(line), " kB (")
	done, total, both := strings.Cut(counts, "/")
	if !found || !both || !strings.Contains(rest, "%)") {
		return Progress{}, false
	}
	d, errDone := strconv.ParseInt(done, 10, 53)
	t, errTotal := strconv.ParseInt(total, 10, 53)
	if errDone != nil || errTotal != nil || d < 0 || t < 0 {
		return Progress{}, false
	}
	return Progress{Done: d * 1024, Total: t * 1024}, true
}

// VerifyBackup checks a fresh copy, before anything is added to it, against
// the manifest that came with it, WAL included.
func VerifyBackup(ctx context.Context, dir string, onLine LineFunc) error {
	return run(ctx, job{program: "pg_verifybackup", args: []string{"--quiet", dir}, onLine: onLine})
}
