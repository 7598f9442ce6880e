//go:build integration

package integration

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// A dose is how much of a flow is tortured: at how many of its points, and at
// how many random moments. 0 points are all.
type dose struct{ points, moments int }

// A tally is a line of the table.
type tally struct {
	flow                   string
	points, moments, kills int
	phases                 map[string]int
	violations             int
	took                   time.Duration
}

// TestAKillLosesNothing is the short form of TestTorture, which make torture runs.
func TestAKillLosesNothing(t *testing.T) {
	t.Parallel()
	for _, f := range flows() {
		if f.short {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				torture(t, f, dose{points: 4, moments: 1})
			})
		}
	}
}

// torture kills a flow at its points and at random moments, and some of the
// restarts as well. Each violation is reported with the moments that led to it.
func torture(t *testing.T, f flow, d dose) tally {
	t.Helper()
	seed := seed(t)
	random := rand.New(rand.NewPCG(seed, 0))
	l := newLab(t)
	l.makeOld()
	if f.standby() {
		l.withPrimary()
	}
	whole := l.undisturbed(f)
	points := l.points(f)
	t.Logf("%s: %d points, undisturbed in %s, TORTURE_SEED=%d", f.name, len(points), whole.Round(time.Millisecond), seed)
	sum := tally{flow: f.name, phases: map[string]int{}}
	began := time.Now()
	run := func(kills ...moment) {
		result := l.try(f, kills...)
		sum.kills += result.kills
		for _, phase := range result.phases {
			sum.phases[phase]++
		}
		if result.problem != "" {
			sum.violations++
			t.Errorf("%s, killed %v: %s", f.name, kills, result.problem)
		}
	}
	some := func() moment { return moment{after: time.Duration(random.Int64N(int64(whole)))} }
	if d.points > 0 {
		points = sample(points, d.points)
	}
	for _, point := range points {
		sum.points++
		kills := []moment{point}
		if random.IntN(4) == 0 {
			kills = append(kills, some())
		}
		run(kills...)
	}
	for range d.moments {
		sum.moments++
		kills := []moment{some()}
		for random.IntN(3) == 0 {
			kills = append(kills, some())
		}
		run(kills...)
	}
	sum.took = time.Since(began)
	if least := sum.points + sum.moments/2; sum.kills < least {
		t.Errorf("%s: only %d kills, want %d", f.name, sum.kills, least)
	}
	t.Log(table(sum))
	return sum
}

func seed(t *testing.T) uint64 {
	t.Helper()
	given := os.Getenv("TORTURE_SEED")
	if given == "" {
		return rand.Uint64N(1_000_000)
	}
	seed, err := strconv.ParseUint(given, 10, 64)
	if err != nil {
		t.Fatalf("TORTURE_SEED is %q, not a number", given)
	}
	return seed
}

func table(sums ...tally) string {
	var out strings.Builder
	columns := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "\nflow\tpoints\tmoments\tkills\twhere the journal stood\tviolations\ta trial took")
	for _, s := range sums {
		fmt.Fprintf(columns, "%s\t%d\t%d\t%d\t%s\t%d\t%s\n", s.flow, s.points, s.moments, s.kills, phases(s.phases), s.violations,
			(s.took / time.Duration(max(1, s.points+s.moments))).Round(100*time.Millisecond))
	}
	columns.Flush()
	return out.String()
}

func phases(counts map[string]int) string {
	var words []string
	for _, phase := range []string{"", "staging", "evacuate", "install", "migrate"} {
		if n := counts[phase]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, cmp.Or(phase, "none")))
		}
	}
	return strings.Join(words, ", ")
}
