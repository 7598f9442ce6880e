package look

import (
	"context"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/node"
)

// An Asker looks at a server's health once: its line, and what was seen.
type Asker func() (line string, seen doctor.Seen, err error)

// WhenDone asks again and again until the server is ready, or what its start does
// is done or gets no further. A server that was ready before is not waited for.
func WhenDone(ctx context.Context, ask Asker) Asker {
	return func() (string, doctor.Seen, error) {
		replay, since := "", time.Now()
		for {
			line, seen, err := bounded(ask)
			if seen.Replay == "" || seen.Replay != replay {
				replay, since = seen.Replay, time.Now()
			}
			if err == nil || !doctor.Busy(seen) || node.WasReady() || time.Since(since) > node.ReplayLimit {
				return line, seen, err
			}
			select {
			case <-ctx.Done():
				return "", seen, ctx.Err()
			case <-time.After(node.LookAgain):
			}
		}
	}
}

// bounded ends this process where a look does not end by itself, as where the
// volume stands still: Docker waits a day for it.
func bounded(ask Asker) (string, doctor.Seen, error) {
	defer host.EndAfter(node.AnswerLimit)()
	return ask()
}
