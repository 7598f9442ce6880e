//go:build integration && bench

package integration

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// plainClone is the least that makes a standby.
const plainClone = `install -d -m 700 "$PGDATA" && pg_basebackup -h upstream -U postgres_replicator -D "$PGDATA" -c fast -R -X stream && exec postgres`

// clones measures from docker run on an empty volume until the primary lists
// the standby as streaming. Ours verifies the copy, the plain one does not.
func (b *bench) clones() {
	upstream := b.primary("--network-alias", "upstream", image("master"))
	defer b.end(upstream)
	session := b.connect(upstream)
	defer session.Close(b.t.Context())
	b.clonesOf("empty primary", session)
	upstream.SQL("CREATE TABLE filler AS SELECT g, repeat(md5(g::text), 8) FROM generate_series(1, 1000000) g")
	upstream.SQL("CHECKPOINT")
	size := upstream.SQL("SELECT pg_size_pretty(sum(pg_database_size(oid))) FROM pg_database")
	b.clonesOf("primary of "+size, session)
	b.note("Peak memory of the entrypoint during a base backup of %s: %s (target 12 MB).", size, b.clonePeak(session))
}

func (b *bench) clonesOf(what string, session *pgx.Conn) {
	b.t.Helper()
	var ours, plain []time.Duration
	for range b.rounds {
		ours = append(ours, b.clone(session, append(standbySettings("upstream"), image("slave"))...))
		plain = append(plain, b.clone(session, "--user", "postgres", "--env", "PGPASSWORD=bench-2", "--entrypoint", "bash", baseImage(), "-c", plainClone))
	}
	b.add(row{what: "up to streaming, " + what, ours: ours, peer: "pg_basebackup && exec postgres", peers: plain, limit: 1.15})
}

func baseImage() string { return "postgres:" + cmp.Or(os.Getenv("PG_MAJOR"), "13") }

// clone runs a standby until it streams, and removes it and its slot.
func (b *bench) clone(session *pgx.Conn, args ...string) time.Duration {
	b.t.Helper()
	began := time.Now()
	c := b.begin(args...)
	b.streams(c, session)
	took := time.Since(began)
	b.forget(c, session)
	return took
}

// streams waits until the primary of a session has heard from a standby. A
// running base backup streams WAL too, but says nothing of its replay.
func (b *bench) streams(c Container, session *pgx.Conn) {
	b.t.Helper()
	b.until(c, "the standby streams", func(ctx context.Context) bool {
		return b.count(ctx, session, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn IS NOT NULL") == 1
	})
}

// forget removes a standby, and its slot once nobody uses it.
func (b *bench) forget(c Container, session *pgx.Conn) {
	b.t.Helper()
	b.end(c)
	b.until(c, "the primary is left alone", func(ctx context.Context) bool {
		return b.count(ctx, session, "SELECT count(*) FROM pg_stat_replication") == 0
	})
	b.count(b.t.Context(), session, "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots")
}

func (b *bench) count(ctx context.Context, session *pgx.Conn, query string) (count int) {
	b.t.Helper()
	if err := session.QueryRow(ctx, query).Scan(&count); err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
	return count
}

// clonePeak watches the entrypoint from outside while it clones: becoming
// postgres resets what the kernel remembers of its memory.
func (b *bench) clonePeak(session *pgx.Conn) string {
	c := b.begin(append(standbySettings("upstream"), image("slave"))...)
	defer b.forget(c, session)
	process := "/proc/" + c.Inspect("{{.State.Pid}}")
	peak := 0
	b.until(c, "the entrypoint has become postgres", func(context.Context) bool {
		status, err := os.ReadFile(process + "/status")
		if err != nil || !strings.HasPrefix(string(status), "Name:\tpgreplica") {
			return true
		}
		_, after, _ := strings.Cut(string(status), "VmHWM:")
		var kB int
		fmt.Sscan(after, &kB)
		peak = max(peak, kB)
		return false
	})
	b.streams(c, session)
	if peak == 0 {
		return "not seen, the engine is on another machine"
	}
	return megabytes(peak)
}
