//go:build integration && bench

package integration

import (
	"fmt"
	"strings"
	"time"
)

// looking is a shell's loop in a standby's container: a line for each program
// and round, its place, nanoseconds, and clock ticks of CPU time, of which a
// hundred make a second. PostgreSQL's programs are called by their own paths:
// Debian's wrapper of them would cost more than they do.
const looking = `bin=$(echo /usr/lib/postgresql/*/bin)
cpu() { awk '{print $16 + $17}' /proc/$$/stat; }
one() { place=$1; shift; c=$(cpu); a=$(date +%s%N); for i in 1 2 3 4 5; do "$@" >/dev/null; done; b=$(date +%s%N); echo $place $(((b - a) / 5)) $(($(cpu) - c)); }
for round in $(seq ROUNDS); do
	one 0 pgreplica healthcheck
	one 1 $bin/pg_isready -q -U postgres
	one 2 $bin/psql -XAtqU postgres -c 'SELECT 1'
	one 3 pgreplica status
	one 4 pgreplica doctor
done`

// looks measures the commands that only look, beside PostgreSQL's own, on a
// standby whose primary answers.
func (b *bench) looks() {
	upstream := b.primary("--network-alias", "looked-at", image("master"))
	defer b.end(upstream)
	session := b.connect(upstream)
	defer session.Close(b.t.Context())
	standby := b.begin(append(standbySettings("looked-at"), "--no-healthcheck", image("slave"))...)
	defer b.end(standby)
	b.streams(standby, session)
	var took [5][]time.Duration
	var ticks [5]int
	answer := standby.Exec("bash", "-c", strings.ReplaceAll(looking, "ROUNDS", fmt.Sprint(3*b.rounds)))
	for line := range strings.Lines(answer) {
		var place, nanoseconds, spent int
		if _, err := fmt.Sscan(line, &place, &nanoseconds, &spent); err != nil {
			b.t.Fatalf("%q: %v", line, err)
		}
		took[place] = append(took[place], time.Duration(nanoseconds))
		ticks[place] += spent
	}
	for i := range took[1] { // what healthcheck is compared with: both, one after the other
		took[1][i] += took[2][i]
	}
	b.add(row{what: "healthcheck", ours: took[0], peers: took[1], peer: "pg_isready and psql -c 'SELECT 1'", limit: 1})
	runs := 5 * 3 * b.rounds
	cpu := func(place int) float64 { return float64(ticks[place]) * 10 / float64(runs) }
	b.note("Of CPU time healthcheck takes %.1f ms, pg_isready %.1f and psql %.1f.", cpu(0), cpu(1), cpu(2))
	b.note("healthcheck takes %s (target 25 ms), status %s (target 100 ms), doctor %s.", spread(took[0]), spread(took[3]), spread(took[4]))
}
