package entrypoint

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
)

// silent lets a copy say nothing for so long, and returns what is logged.
func silent(copied *copyProgress, seconds, stopped int) string {
	var out bytes.Buffer
	copied.log, copied.service = zerolog.New(&out), pg.Slave
	for i := 1; i <= seconds; i++ {
		time.Sleep(time.Second)
		copied.quiet(pgctl.Silence{For: time.Duration(i) * time.Second, Stopped: stopped})
	}
	return out.String()
}

func TestACopyThatStandsStillSaysSo(t *testing.T) {
	for title, c := range map[string]struct {
		seconds, stopped int
		done             pgctl.Progress
		lines            int
		want             string
	}{
		"for a moment":        {29, 0, pgctl.Progress{Done: 1, Total: 2}, 0, ""},
		"for half a minute":   {30, 0, pgctl.Progress{Done: 1, Total: 2}, 1, `"for":"30s","percent":50`},
		"for minutes":         {155, 0, pgctl.Progress{Done: 1, Total: 2}, 3, "docker compose logs --tail 20 master"},
		"before it has begun": {40, 0, pgctl.Progress{}, 1, "CLONE_CHECKPOINT"},
		"as it was stopped":   {40, 33, pgctl.Progress{Done: 1, Total: 2}, 1, "docker compose exec slave kill -CONT 33"},
	} {
		synctest.Test(t, func(t *testing.T) {
			log := silent(&copyProgress{last: c.done}, c.seconds, c.stopped)
			if strings.Count(log, "nothing arrives of the copy") != c.lines || !strings.Contains(log, c.want) {
				t.Errorf("%s: got %s", title, log)
			}
		})
	}
}
