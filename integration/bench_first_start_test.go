//go:build integration && bench

package integration

import "time"

// plainInit is the least that makes a primary.
const plainInit = `initdb >/dev/null && exec postgres`

// firstStarts measures from docker run on an empty volume until the server
// answers on TCP. Ours makes three roles and the configuration, with checksums.
func (b *bench) firstStarts() {
	official := append(primarySettings, "--volume", b.folder+":/bench:ro", "--entrypoint", "bash", baseImage(), "/bench/official.sh", "postgres")
	plain := []string{"--user", "postgres", "--entrypoint", "bash", baseImage(), "-c", plainInit}
	var ours, plains, officials []time.Duration
	for range b.rounds {
		ours = append(ours, b.firstStart(append(primarySettings, image("master"))...))
		plains = append(plains, b.firstStart(plain...))
		if b.official {
			officials = append(officials, b.firstStart(official...))
		}
	}
	if b.official {
		b.add(row{what: "docker run to ready, empty volume", ours: ours, peer: "official script", peers: officials, limit: 0.80})
	}
	b.add(row{what: "docker run to ready, empty volume", ours: ours, peer: "initdb && exec postgres", peers: plains})
}

func (b *bench) firstStart(args ...string) time.Duration {
	b.t.Helper()
	began := time.Now()
	c := b.begin(append([]string{"--publish", "127.0.0.1::5432"}, args...)...)
	b.ready(c)
	took := time.Since(began)
	b.end(c)
	return took
}
