//go:build integration && bench

package integration

import (
	"bufio"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// setAsides measures the step that sets existing data aside, as the log gives
// it, for a folder of 4 GiB and one of 1 kB, below the root of the volume and at
// it. The files have no blocks: to rename one does not depend on them.
func (b *bench) setAsides() {
	upstream := b.primary("--network-alias", "upstream", image("master"))
	defer b.end(upstream)
	for _, layout := range []struct{ title, pgdata string }{{"below the root of its volume", dataDir}, {"at the root of its volume", volume}} {
		var large, small []time.Duration
		for i := range b.rounds {
			large = append(large, b.setAside(upstream, layout.pgdata, "4G", strconv.Itoa(i)))
			small = append(small, b.setAside(upstream, layout.pgdata, "1k", strconv.Itoa(i)))
		}
		b.note("Setting 4 GiB of data (sparse) %s aside takes %s, 1 kB %s (target 50 ms).", layout.title, spread(large), spread(small))
	}
}

func (b *bench) setAside(upstream Container, pgdata, size, name string) time.Duration {
	b.t.Helper()
	session := b.connect(upstream)
	defer session.Close(b.t.Context())
	volume := b.volume(strings.ReplaceAll("aside"+pgdata, "/", "-") + "-" + size + "-" + name)
	left := `install -d -m 700 "$PGDATA" "$PGDATA/base"; echo $PG_MAJOR >"$PGDATA/PG_VERSION"; truncate -s ` + size + ` "$PGDATA/base/left"`
	b.do("run", "--rm", "--user", "postgres", "--volume", volume, "--env", "PGDATA="+pgdata, "--entrypoint", "bash", image("slave"), "-euc", left)
	settings := append(standbySettings("upstream"), "--volume", volume, "--env", "PGDATA="+pgdata, "--env", "LOG_LEVEL=debug", "--env", "LOG_FORMAT=json", image("slave"))
	c := b.begin(settings...)
	b.streams(c, session)
	took := b.stepTook(c, "set-aside")
	b.forget(c, session)
	b.do("volume", "rm", strings.SplitN(volume, ":", 2)[0])
	return took
}

// stepTook finds in a log in JSON what a step took.
func (b *bench) stepTook(c Container, step string) time.Duration {
	b.t.Helper()
	for lines := bufio.NewScanner(strings.NewReader(c.Logs())); lines.Scan(); {
		var event struct{ Step, Took string }
		if json.Unmarshal(lines.Bytes(), &event) == nil && event.Step == step && event.Took != "" {
			took, err := time.ParseDuration(event.Took)
			if err != nil {
				b.t.Fatal(err)
			}
			return took
		}
	}
	b.t.Fatalf("the log names no step %s:\n%s", step, c.Logs())
	return 0
}
