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
// often as people can read. Where nothing arrives, it says that.
type copyProgress struct {
	log            zerolog.Logger
	service        pg.Service
	began          time.Time
	logged, marked time.Time // when that was last done
	warned         time.Time // when a silence was last logged
	last           pgctl.Progress
}

func (c *copyProgress) show(p pgctl.Progress) {
	c.last, c.warned = p, time.Time{}
	if time.Since(c.marked) >= node.CopyNoteEvery {
		c.marked = time.Now()
		node.Doing(c.text())
	}
	if time.Since(c.logged) >= node.CopySayEvery {
		c.logged = time.Now()
		c.write(p, time.Since(c.began))
	}
}

func (c *copyProgress) text() string {
	if c.last.Total == 0 {
		return "waiting for the primary to begin the copy"
	}
	return fmt.Sprintf("copying the primary: %d %% of %s", percent(c.last), pg.Size(c.last.Total))
}

// wait is quiet before pg_basebackup runs.
func (c *copyProgress) wait(since time.Duration) { c.quiet(pgctl.Silence{For: since}) }

// quiet says that nothing has arrived for so long: a server that is frozen keeps its
// connections.
func (c *copyProgress) quiet(silence pgctl.Silence) {
	if silence.For < node.CopySilence {
		return
	}
	since, look := silence.For.Round(time.Second).String(), c.lookAt(silence)
	if time.Since(c.marked) >= node.CopySayEvery {
		c.marked = time.Now()
		node.Doing(c.text() + "; nothing has arrived for " + since + ". " + look)
	}
	if time.Since(c.warned) >= 2*node.CopySilence {
		c.warned = time.Now()
		c.log.Warn().Str("for", since).Int64("percent", percent(c.last)).Str("hint", look).Msg("nothing arrives of the copy")
	}
}

// lookAt is what to look at where a copy stands still.
func (c *copyProgress) lookAt(silence pgctl.Silence) string {
	if silence.Stopped != 0 {
		return "pg_basebackup was stopped here; let it go on: " + c.service.Exec(fmt.Sprintf("kill -CONT %d", silence.Stopped))
	}
	look := "Look whether the primary still works: " + pg.Master.List() + " && " + pg.Master.LogTail()
	if c.last.Total == 0 {
		look = "The primary makes a checkpoint first, of minutes where CLONE_CHECKPOINT is spread. " + look
	}
	return look
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
