package node

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/rs/zerolog"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// Await repeats attempt until it succeeds, fails for good, or limit is over; a
// limit of 0 is none. It logs message with each new error, and with the same one
// once a minute: no warning while the server may be on its way. The error that it
// returns is the last one of attempt, or the cause for which ctx ended.
func Await(ctx context.Context, log zerolog.Logger, limit time.Duration, message string, attempt func(context.Context) error) error {
	pauses := &slowingBackOff{ExponentialBackOff: backoff.NewExponentialBackOff(
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
		return pauses.classify(attempt(limited))
	}
	began, said := time.Now(), map[string]time.Time{} // the errors of the last minute: two may take turns
	notify := func(err error, pause time.Duration) {
		Doing(message + ": " + err.Error())
		maps.DeleteFunc(said, func(_ string, at time.Time) bool { return time.Since(at) >= sayAgain })
		if _, known := said[err.Error()]; known {
			return
		}
		said[err.Error()] = time.Now()
		level := zerolog.WarnLevel
		if pgsql.IsOnItsWay(err) && time.Since(began) < sayAgain {
			level = zerolog.InfoLevel
		}
		event := log.WithLevel(level).Err(err).Int("attempt", tries).Str("wait", pause.Round(time.Millisecond).String())
		if text := pg.Hint(err); text != "" {
			event = event.Str("hint", text)
		}
		event.Msg(message)
	}
	err := backoff.RetryNotify(try, backoff.WithContext(pauses, ctx), notify)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// A slowingBackOff is an exponential back-off that slows down while only a person
// can help.
type slowingBackOff struct {
	*backoff.ExponentialBackOff
	slow  bool      // the last error was one that only a person can put right
	since time.Time // when the first of such errors in a row came
}

// classify makes an error permanent, which ends the wait, unless it is one that
// passes by itself, or one that a person has had less than slowLimit to put right.
func (p *slowingBackOff) classify(err error) error {
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

// NextBackOff is the pause before the next try; backoff.Stop where the limit would
// be over before that.
func (p *slowingBackOff) NextBackOff() time.Duration {
	pause := p.ExponentialBackOff.NextBackOff()
	if !p.slow || pause == backoff.Stop {
		return pause
	}
	if p.MaxElapsedTime > 0 && p.GetElapsedTime()+slowPause > p.MaxElapsedTime {
		return backoff.Stop
	}
	return slowPause
}
