package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/plan"
)

// maxRounds bounds how often one start inspects: the longest way does so seven
// times.
const maxRounds = 12

// A walker inspects a server and does steps on it: a start in a container, a
// model of it in the tests.
type walker interface {
	inspect(ctx context.Context) (plan.Have, error)
	do(ctx context.Context, step plan.Step) error
}

// boot inspects, plans and does the steps until only becoming postgres is left.
func boot(ctx context.Context, log zerolog.Logger, want plan.Want, w walker) error {
	said := false
	for range maxRounds {
		have, err := w.inspect(ctx)
		if err != nil {
			return err
		}
		next, err := plan.For(want, have)
		if err != nil {
			return err
		}
		level := zerolog.InfoLevel
		if isRoutine(next, said) {
			level = zerolog.DebugLevel
		}
		said = said || level == zerolog.InfoLevel
		log.WithLevel(level).Str("why", next.Why).Stringer("steps", next).Msg("decided")
		if next.Final() {
			return context.Cause(ctx) // a signal that has asked this process to end, or nil
		}
		for _, step := range next.Steps {
			began := time.Now()
			if err := w.do(ctx, step); err != nil {
				return fmt.Errorf("%s: %w", step, err)
			}
			log.Debug().Stringer("step", step).Str("took", since(began)).Msg("finished a step")
		}
	}
	return errors.New("steps were applied but nothing changed")
}

// isRoutine says whether the log is clear without a plan: a wait has lines of its own,
// and where a decision was said, configuring and becoming postgres always follow.
func isRoutine(next plan.Plan, said bool) bool {
	if len(next.Steps) != 1 {
		return false
	}
	switch next.Steps[0].(type) {
	case plan.AwaitPrimary:
		return true
	case plan.Configure, plan.Become:
		return said
	}
	return false
}

// since is a duration as a log shows it, to the millisecond.
func since(began time.Time) string { return time.Since(began).Round(time.Millisecond).String() }
