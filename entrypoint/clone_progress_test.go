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

func TestAPercentageIsAtMost100(t *testing.T) {
	for _, c := range []struct {
		p       pgctl.Progress
		percent int64
	}{{pgctl.Progress{}, 0}, {pgctl.Progress{Done: 1, Total: 4}, 25}, {pgctl.Progress{Done: 9, Total: 4}, 100}} {
		if got := percent(c.p); got != c.percent {
			t.Errorf("%+v: got %d %%, want %d %%", c.p, got, c.percent)
		}
	}
}

func TestSizesAreForPeople(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 5 << 30: "5.0 GiB", 3 << 50: "3072.0 TiB"} {
		if got := pg.Size(bytes); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestACopyIsLoggedEveryTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		copied := copyProgress{log: zerolog.New(&out), began: time.Now()}
		for done := range int64(26) {
			copied.show(pgctl.Progress{Done: done << 20, Total: 100 << 20})
			time.Sleep(time.Second)
		}
		if lines := strings.Count(out.String(), "\n"); lines != 3 {
			t.Errorf("%d lines in 26 seconds:\n%s", lines, out.String())
		}
		if last := `"percent":20,"done":"20.0 MiB","total":"100.0 MiB","rate":"1.0 MiB/s","left":"1m20s"`; !strings.Contains(out.String(), last) {
			t.Errorf("got\n%swant %s", out.String(), last)
		}
	})
}
