package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// officialScript has the shape of the official docker-entrypoint.sh.
const officialScript = `#!/usr/bin/env bash
set -Eeo pipefail
_is_sourced() { [ "${#FUNCNAME[@]}" -ge 2 ] && [ "${FUNCNAME[0]}" = '_is_sourced' ] && [ "${FUNCNAME[1]}" = 'source' ]; }
docker_init_database_dir() { echo "initdb"; }
docker_setup_env() { echo "the original's environment"; }
_main() { docker_init_database_dir; echo "the original with $*"; }
if ! _is_sourced; then _main "$@"; fi
`

// TestAnEntrypointThatCallsTheOfficialScriptStartsPgreplica runs what entrypoints of
// images built from ours may say, with a pgreplica that says how it was called.
func TestAnEntrypointThatCallsTheOfficialScriptStartsPgreplica(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash")
	}
	ours, err := os.ReadFile("docker-entrypoint.sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"docker-entrypoint.sh": string(ours), "docker-entrypoint-official.sh": officialScript,
		"pgreplica": "#!/bin/sh\necho \"pgreplica with $*\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ script, primary, standby string }{
		{"exec docker-entrypoint.sh postgres -c work_mem=8MB", "pgreplica with postgres -c work_mem=8MB\n", ""},
		{"exec " + dir + "/docker-entrypoint.sh 'a word' two", "pgreplica with a word two\n", ""},
		{"bash " + dir + "/docker-entrypoint.sh postgres", "pgreplica with postgres\n", ""},
		{"source docker-entrypoint.sh; docker_setup_env; _main postgres", "the original's environment\npgreplica with postgres\n", ""},
		{"source " + dir + "/docker-entrypoint.sh && docker_init_database_dir", "initdb\n", "makes no cluster"},
		{"exec docker-entrypoint-official.sh postgres", "initdb\nthe original with postgres\n", ""},
	} {
		for mode, want := range map[string]string{"primary": c.primary, "master": c.primary, "standby": c.standby, "": c.standby} {
			if want == "" {
				want = c.primary
			}
			shell := exec.Command("bash", "-c", c.script)
			shell.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "REPLICATION_MODE=" + mode}
			if said, _ := shell.CombinedOutput(); !strings.Contains(string(said), want) || strings.Contains(string(said), "initdb") != strings.Contains(want, "initdb") {
				t.Errorf("%s, as %q:\n%s\nwant %s", c.script, mode, said, want)
			}
		}
	}
}
