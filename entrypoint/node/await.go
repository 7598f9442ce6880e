package node

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/rs/zerolog"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// Await repeats attempt until it succeeds, fails for good, or limit is over; a
// limit of 0 is none. It says why it waits whenever the reason changes, and
// once a minute.
func Await(ctx context.Context, log zerolog.Logger, limit time.Duration, message string, attempt func(context.Context) error) error {
	pace := &pacing{ExponentialBackOff: backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(firstPause), backoff.WithMultiplier(1.6),
		backoff.WithMaxInterval(longestPause), backoff.WithMaxElapsedTime(limit))}
	tries := 0
	try := func() error {
		tries++
		if ctx.Err() != nil {
			return backoff.Permanent(context.Cause(ctx))
		}
		limited, cancel := context.WithTimeout(ctx, attemptLimit)
		defer cancel()
		return pace.classify(attempt(limited))
	}
	said, saidAt := "", time.Time{}
	notify := func(err error, pause time.Duration) {
		Doing(message + ": " + err.Error())
		if err.Error() == said && time.Since(saidAt) < sayAgain {
			return
		}
		said, saidAt = err.Error(), time.Now()
		event := log.Warn().Err(err).Int("attempt", tries).Str("wait", pause.Round(time.Millisecond).String())
		if text := pg.Hint(err); text != "" {
			event = event.Str("hint", text)
		}
		event.Msg(message)
	}
	err := backoff.RetryNotify(try, backoff.WithContext(pace, ctx), notify)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// pacing is an exponential back-off that slows down while only a person can
// help, and ends when none has.
type pacing struct {
	*backoff.ExponentialBackOff
	slow  bool
	since time.Time
}

// classify makes permanent what waiting cannot heal.
func (p *pacing) classify(err error) error {
	failure, known := errors.AsType[*pgsql.Failure](err)
	transient := errors.Is(err, pgdata.ErrLocked) || known && failure.Class == pgsql.Transient
	wasSlow := p.slow
	p.slow = known && failure.Class == pgsql.Slow
	if p.slow && !wasSlow {
		p.since = time.Now()
	}
	if err == nil || transient || p.slow && time.Since(p.since) < slowLimit {
		return err
	}
	return backoff.Permanent(err)
}

// NextBackOff is the pause before the next try, which is none where the limit
// would be over before it.
func (p *pacing) NextBackOff() time.Duration {
	pause := p.ExponentialBackOff.NextBackOff()
	if !p.slow || pause == backoff.Stop {
		return pause
	}
	if p.MaxElapsedTime > 0 && p.GetElapsedTime()+slowPause > p.MaxElapsedTime {
		return backoff.Stop
	}
	return slowPause
}
