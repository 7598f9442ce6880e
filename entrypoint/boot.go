package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/plan"
)

// maxRounds bounds the looks of one start: the longest way has seven.
const maxRounds = 12

// A node is a server that can be looked at and changed: Node in a container, a
// model of it in the tests.
type node interface {
	Inspect(ctx context.Context) (plan.Have, error)
	Apply(ctx context.Context, step plan.Step) error
	Become() error
}

// Boot inspects, plans and applies until nothing is left to do but become
// postgres. It returns only when that fails.
func Boot(ctx context.Context, log zerolog.Logger, want plan.Want, n node) error {
	for range maxRounds {
		have, err := n.Inspect(ctx)
		if err != nil {
			return err
		}
		next, err := plan.For(want, have)
		if err != nil {
			return err
		}
		log.Info().Str("why", next.Why).Stringer("steps", next).Msg("decided")
		if next.Final() {
			return become(ctx, n)
		}
		for _, step := range next.Steps {
			began := time.Now()
			if err := n.Apply(ctx, step); err != nil {
				return fmt.Errorf("%s: %w", step, err)
			}
			log.Debug().Stringer("step", step).Str("took", since(began)).Msg("finished a step")
		}
	}
	return errors.New("steps were applied but nothing changed")
}

// become stops short where a signal has asked this process to end.
func become(ctx context.Context, n node) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return n.Become()
}

// since is a duration as a log shows it, to the millisecond.
func since(began time.Time) string { return time.Since(began).Round(time.Millisecond).String() }
