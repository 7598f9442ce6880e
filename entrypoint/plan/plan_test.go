package plan

import (
	"fmt"
	"slices"
	"testing"

	"pgreplica/integration/golden"
)

// TestDecisions compares every decision with the reviewed ones.
func TestDecisions(t *testing.T) {
	golden.Compare(t, "testdata/decisions.txt", decisions())
}

// TestThePromisesAreKeptInEveryState checks all promises in one pass over the
// combinations of Want and Have.
func TestThePromisesAreKeptInEveryState(t *testing.T) {
	states, broken := 0, make([]int, len(promises))
	example := make([]answer, len(promises))
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		states++
		for i, promise := range promises {
			if found := (answer{want, have, next, err}); !promise.kept(found) {
				if broken[i]++; broken[i] == 1 {
					example[i] = found
				}
			}
		}
	})
	for i, promise := range promises {
		t.Run(promise.name, func(t *testing.T) {
			if broken[i] > 0 {
				t.Errorf("broken in %d of %d states, first in\n%s", broken[i], states, example[i])
			}
		})
	}
}

// An answer is what For returned for one state.
type answer struct {
	want Want
	have Have
	next Plan
	err  error
}

func (a answer) String() string {
	return fmt.Sprintf("want %+v\nhave %+v\nplan %s (%s)\nrefusal %v", a.want, a.have, a.next, a.next.Why, a.err)
}

func has[S Step](p Plan) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { _, ok := s.(S); return ok })
}
