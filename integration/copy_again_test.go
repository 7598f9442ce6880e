//go:build integration

package integration

import (
	"strings"
	"testing"
)

// TestACopyThatTheDataOfThePrimaryEndsIsNotRepeatedAtEachStart lets a standby meet a
// folder that its primary may not read, then a damaged page, and at last a primary
// that is frozen.
func TestACopyThatTheDataOfThePrimaryEndsIsNotRepeatedAtEachStart(t *testing.T) {
	t.Parallel()
	a, b := newPair(t, "again")
	note := beside + "/.pgreplica/copy-failed.json"
	a.Exec("mkdir", "-m", "700", dataDir+"/lost+found")
	b.as("standby", "a", "CLONE_MAX_RATE=4M")
	if status := b.ends(); status != "78" {
		t.Errorf("beside lost+found the standby ends with %s, want 78", status)
	}
	b.Says(`cannot read its own data: could not open directory`, "chown -R postgres", "docker compose run --rm slave rm "+note)
	if strings.Contains(b.Logs(), "ALTER ROLE") {
		t.Error("its role is blamed")
	}

	a.Exec("rmdir", dataDir+"/lost+found")
	a.SQL("CREATE TABLE precious AS SELECT generate_series(1, 5000) AS n")
	a.SQL("CHECKPOINT")
	file := a.SQL("SELECT pg_relation_filepath('precious')")
	for _, at := range []string{"20384", "28576"} { // in blocks 2 and 3, behind the LSN that a base backup goes by
		a.Exec("sh", "-c", "echo damaged | dd of="+dataDir+"/"+file+" bs=1 conv=notrunc seek="+at)
	}
	b.Docker("start")
	b.Says("waiting before the next copy")
	if line, err := b.tryExec("pgreplica", "healthcheck"); err == nil || !strings.Contains(line, "the next begins at") || !strings.Contains(line, "cannot read its own data") {
		t.Errorf("the health check says %q, %v", line, err)
	}
	b.Exec("rm", note)
	if status := b.ends(); status != "65" {
		t.Errorf("with a damaged page the standby ends with %s, want 65", status)
	}
	b.Says("has damaged data: file "+file+", block 2 fails its checksum", "pg_filenode_relation")
	oid, number, _ := strings.Cut(strings.TrimPrefix(file, "base/"), "/")
	typed := `psql -U postgres -d "$(psql -U postgres -Atc "SELECT datname FROM pg_database WHERE oid = ` + oid + `")" -c "SELECT current_database(), pg_filenode_relation(1663, ` + number + `)"`
	if table := a.Exec("sh", "-c", typed); !strings.Contains(table, "precious") {
		t.Errorf("what is to be typed says %s", table)
	}
	if found, _ := a.tryExec("pgreplica", "doctor"); !strings.Contains(found, "has failed its checksums 2 times") {
		t.Errorf("the primary's doctor says\n%s", found)
	}

	a.SQL("DROP TABLE precious")
	copied := strings.Count(b.Logs(), "percent=")
	b.Docker("start")
	Eventually(t, "the standby waits again", func() bool { return strings.Count(b.Logs(), "waiting before the next copy") == 2 })
	if more := strings.Count(b.Logs(), "percent="); more != copied {
		t.Errorf("it has copied while it waits: %d lines of progress, not %d", more, copied)
	}
	b.Exec("rm", note)
	Eventually(t, "it copies", func() bool { return strings.Count(b.Logs(), "percent=") > copied })
	a.Docker("pause")
	b.Says("nothing arrives of the copy", "docker compose logs --tail 20 master")
	if line, err := b.tryExec("pgreplica", "healthcheck"); err == nil || !strings.Contains(line, "nothing has arrived for 3") {
		t.Errorf("of a frozen primary the health check says %q, %v", line, err)
	}
	a.Docker("unpause")
	b.Healthy()
	if left := b.Exec("ls", beside+"/.pgreplica"); strings.Contains(left, "copy-failed") {
		t.Errorf("the note stays: %s", left)
	}
}
