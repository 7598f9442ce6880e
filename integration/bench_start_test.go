//go:build integration && bench

package integration

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// timings are what the stopwatch measured of one program.
type timings struct {
	took []time.Duration
	peak int // kB
}

// The programs that the stopwatch runs in turn, by their place.
const (
	atOurs = iota
	atBare
	atOfficial
)

// starts measures from the start of the entrypoint's process to its exec of
// postgres, on volumes that need nothing, warm, inside running containers.
func (b *bench) starts() {
	small, large := b.stoppedPrimary("small", 1_000), b.stoppedPrimary("large", 100_000)
	upstream := b.primary("--network-alias", "upstream", image("master"))
	standby := b.stoppedStandby("upstream")
	var few, many, follows []timings
	for range 3 {
		few, many, follows = b.watch(small, few), b.watch(large, many), b.watch(standby, follows)
	}
	for _, c := range []Container{small, large, standby, upstream} {
		b.end(c)
	}
	b.addStart("start to exec, primary, 1k files", few, 0.15)
	b.addStart("start to exec, primary, 100k files", many, 0.15)
	b.add(row{what: "start to exec, primary, 100k files", ours: many[atOurs].took, peer: "ours, 1k files", peers: few[atOurs].took, limit: 1.25})
	b.addStart("start to exec, standby, 1k files", follows, 0) // it asks its primary
	b.note("Peak memory of a start: primary %s, standby %s (target 12 MB), bare Go exec %s.",
		megabytes(max(few[atOurs].peak, many[atOurs].peak)), megabytes(follows[atOurs].peak), megabytes(few[atBare].peak))
	if b.official {
		b.note("Peak memory of the official script at 100k files, find included: %s.", megabytes(many[atOfficial].peak))
	}
}

// watch has the stopwatch measure in a container and adds to what it measured
// there before. The first round of each call warms what has cooled.
func (b *bench) watch(c Container, measured []timings) []timings {
	b.t.Helper()
	programs := "/usr/local/bin/pgreplica -- /bench/bare"
	if b.official {
		programs += " -- bash /bench/official.sh postgres"
	}
	said := c.Exec(append([]string{"/bench/stopwatch", strconv.Itoa(b.rounds + 1)}, strings.Fields(programs)...)...)
	lines := strings.Split(said, "\n")
	count := len(lines) / (b.rounds + 1)
	if measured == nil {
		measured = make([]timings, count)
	}
	for _, line := range lines[count:] {
		var place, nanoseconds, peak int
		if _, err := fmt.Sscan(line, &place, &nanoseconds, &peak); err != nil {
			b.t.Fatalf("the stopwatch said %q", line)
		}
		of := &measured[place]
		of.took, of.peak = append(of.took, time.Duration(nanoseconds)), max(of.peak, peak)
	}
	return measured
}

func (b *bench) addStart(what string, measured []timings, limit float64) {
	if b.official {
		b.add(row{what: what, ours: measured[atOurs].took, peer: "official script", peers: measured[atOfficial].took, limit: limit})
	}
	b.add(row{what: what, ours: measured[atOurs].took, peer: "bare Go exec", peers: measured[atBare].took})
}

// stoppedPrimary is a container on the volume of a primary that has run and was
// stopped, with so many files in its data directory.
func (b *bench) stoppedPrimary(name string, files int) Container {
	b.t.Helper()
	volume := b.volume(name)
	ran := b.primary("--volume", volume, image("master"))
	ran.Docker("stop")
	b.end(ran)
	c := b.asleep(append([]string{"--volume", volume}, primarySettings...), image("master"))
	fill := `mkdir "$PGDATA/base/99999"; cd "$PGDATA/base/99999"; seq $(find "$PGDATA" | wc -l) ` + strconv.Itoa(files) + ` | xargs touch`
	b.do("exec", "--user", "postgres", c.ID, "bash", "-euc", fill)
	return c
}

// stoppedStandby is a container on the volume of a standby that has streamed
// and was stopped. Its primary runs.
func (b *bench) stoppedStandby(upstream string) Container {
	b.t.Helper()
	settings := append(standbySettings(upstream), "--volume", b.volume("standby"))
	ran := b.begin(append(settings, "--publish", "127.0.0.1::5432", image("slave"))...)
	b.ready(ran)
	ran.Docker("stop")
	b.end(ran)
	return b.asleep(settings, image("slave"))
}

func standbySettings(upstream string) []string {
	return []string{"--env", "MASTER_SERVER=" + upstream, "--env", "REPLICATION_PASSWORD=bench-2", "--env", "MASTER_SLOT=bench"}
}

// asleep is a container that does nothing and has the helper programs.
func (b *bench) asleep(settings []string, image string) Container {
	b.t.Helper()
	c := b.begin(append(settings, "--entrypoint", "sleep", image, "infinity")...)
	b.do("cp", b.folder+"/.", c.ID+":/bench")
	return c
}

func megabytes(kB int) string { return fmt.Sprintf("%.1f MB", float64(kB)/1024) }
