//go:build integration && torture

package integration

import "testing"

// TestTorture kills every flow at each of its points and at random moments, and
// prints a table. It takes hours; go test's -run chooses a flow by its name,
// and TORTURE_SEED repeats a run's moments.
func TestTorture(t *testing.T) {
	all := flows()
	sums := make([]tally, len(all))
	t.Run("flow", func(t *testing.T) {
		for i, f := range all {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				sums[i] = torture(t, f, dose{moments: 30})
			})
		}
	})
	t.Log(table(sums...))
}
