package entrypoint

import (
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
)

// A copyProgress logs how far a copy is, and notes it for the healthcheck, as
// often as people can read.
type copyProgress struct {
	log            zerolog.Logger
	began          time.Time
	logged, marked time.Time // when that was last done
	last           pgctl.Progress
}

func (c *copyProgress) show(p pgctl.Progress) {
	c.last = p
	if time.Since(c.marked) >= node.CopyNoteEvery {
		c.marked = time.Now()
		node.Doing(fmt.Sprintf("copying the primary: %d %% of %s", percent(p), pg.Size(p.Total)))
	}
	if time.Since(c.logged) >= node.CopySayEvery {
		c.logged = time.Now()
		c.write(p, time.Since(c.began))
	}
}

// write logs how far the copy is, its rate and how long it will still take.
func (c *copyProgress) write(p pgctl.Progress, took time.Duration) {
	line := c.log.Info().Int64("percent", percent(p)).Str("done", pg.Size(p.Done)).Str("total", pg.Size(p.Total))
	if rate := float64(p.Done) / took.Seconds(); p.Done > 0 && rate > 0 {
		left := time.Duration(float64(max(p.Total-p.Done, 0)) / rate * float64(time.Second))
		line = line.Str("rate", pg.Size(int64(rate))+"/s").Str("left", left.Round(time.Second).String())
	}
	line.Msg("copying the primary")
}

// percent is at most 100: the total of a base backup is an estimate.
func percent(p pgctl.Progress) int64 {
	if p.Total == 0 {
		return 0
	}
	return min(100, p.Done*100/p.Total)
}
