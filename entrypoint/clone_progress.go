package entrypoint

import (
	"fmt"
	"time"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
)

// copyPace passes on the progress of a copy at a pace that people can read.
type copyPace struct {
	say         func(p pgctl.Progress, took time.Duration)
	began       time.Time
	said, noted time.Time
	last        pgctl.Progress
}

func (c *copyPace) show(p pgctl.Progress) {
	c.last = p
	if time.Since(c.noted) >= node.CopyNoteEvery {
		c.noted = time.Now()
		node.Doing(fmt.Sprintf("copying the primary: %d %% of %s", percent(p), pg.Size(p.Total)))
	}
	if c.said.IsZero() || time.Since(c.said) >= node.CopySayEvery {
		c.said = time.Now()
		c.say(p, time.Since(c.began))
	}
}

func (s *start) sayProgress(p pgctl.Progress, took time.Duration) {
	line := s.Log.Info().Int64("percent", percent(p)).Str("done", pg.Size(p.Done)).Str("total", pg.Size(p.Total))
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
