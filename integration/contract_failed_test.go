//go:build integration

package integration

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// aFailedScriptStops has scripts that fail in the middle of a pipe, which a
// sourced one, under the entrypoint's own options, does not survive.
func aFailedScriptStops(t *testing.T) {
	texts := notes("1_first.sql", "4_last.sql")
	texts["2_goes_on.sh!"] = "#!/bin/sh\nfalse\ntrue\n"
	texts["3_fails.sh"] = "echo the reason >&2\nfalse | cat\n"
	mount := scripts(t, texts)
	server := Start(t, "--env", "POSTGRES_PASSWORD=test", "--volume", mount, contracted())
	ends(t, server)
	server.Says("1_first.sql", "2_goes_on.sh", "3_fails.sh", "the reason")
	server.NeverSaid("4_last.sql", "init process complete")
	if official {
		return // it takes what is there for a whole cluster from then on
	}
	server.Docker("start")
	ends(t, server)
	server.NeverSaid("4_last.sql", "init process complete")

	dir, _, _ := strings.Cut(mount, ":")
	if err := os.WriteFile(filepath.Join(dir, "3_fails.sh"), []byte("true\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	server.Docker("start")
	serves(t, server)
	expect(t, "scripts that ran", server.SQL(ran), "1_first.sql 4_last.sql")
}

// ends waits until a container does so, and not with 0.
func ends(t *testing.T, c Container) {
	t.Helper()
	Eventually(t, "the container ends", func() bool { return c.Inspect("{{.State.Running}}") == "false" })
	if c.Inspect("{{.State.ExitCode}}") == "0" {
		t.Error("a failed start ends with 0")
	}
}

func aKilledStartIsMadeWhole(t *testing.T) {
	if official {
		t.Skip("it takes for whole what a killed start has left, or refuses it for ever")
	}
	gate := t.TempDir()
	texts := notes("1_first.sql", "3_last.sql")
	maps.Copy(texts, map[string]string{"2_waits.sh!": "#!/bin/sh\ntest -e /gate/open || exec sleep infinity\n"})
	server := Start(t, "--env", "POSTGRES_PASSWORD=test", "--volume", gate+":/gate", "--volume", scripts(t, texts), contracted())
	running(t, server, "initdb")
	server.Kill("KILL")

	server.Docker("start")
	running(t, server, "sleep")
	if output, err := server.tryExec("pgreplica", "healthcheck"); err == nil {
		t.Errorf("healthy while scripts run: %s", output)
	}
	stop(t, server, "a script", "130")

	server.Docker("start")
	running(t, server, "sleep")
	server.Kill("KILL")
	if err := os.WriteFile(filepath.Join(gate, "open"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	server.Docker("start")
	serves(t, server)
	expect(t, "scripts that ran", server.SQL(ran), "1_first.sql 3_last.sql")
}
