package plan

import (
	"fmt"
	"slices"
	"testing"

	"pgreplica/integration/golden"
)

// TestDecisions holds every decision to the reviewed text of them.
func TestDecisions(t *testing.T) {
	golden.Compare(t, "testdata/decisions.txt", decisions())
}

// TestThePromisesAreKeptInEveryState goes once through all that may be asked for
// and be there.
func TestThePromisesAreKeptInEveryState(t *testing.T) {
	states, broken := 0, make([]int, len(promises))
	first := make([]answer, len(promises))
	everyState(func(want Want, have Have) {
		next, err := For(want, have)
		states++
		for i, promise := range promises {
			if it := (answer{want, have, next, err}); !promise.kept(it) {
				if broken[i]++; broken[i] == 1 {
					first[i] = it
				}
			}
		}
	})
	for i, promise := range promises {
		t.Run(promise.name, func(t *testing.T) {
			if broken[i] > 0 {
				t.Errorf("broken in %d of %d states, first in\n%s", broken[i], states, first[i])
			}
		})
	}
}

// An answer is what For says of one state.
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
