//go:build integration

package integration

import (
	"strings"
	"testing"
)

func TestDockerRunAloneGivesAPrimaryAndAStandby(t *testing.T) {
	t.Parallel()
	network := networkFor(t, "run")
	primary := Start(t, "--network", network, "--network-alias", "db1",
		"--env", "POSTGRES_PASSWORD=test-1", "--env", "REPLICATION_PASSWORD=test-2", image("master"), "-c", "max_connections=55")
	standby := Start(t, "--network", network,
		"--env", "MASTER_SERVER=db1", "--env", "REPLICATION_PASSWORD=test-2", image("slave"), "postgres", "-c", "max_connections=66", "-c", "work_mem=9MB")
	standby.Healthy()
	follows(t, primary, standby)
	for setting, want := range map[string]string{"max_connections": "66", "work_mem": "9MB"} {
		if got := standby.SQL("SHOW " + setting); got != want {
			t.Errorf("%s on the standby: got %s, want %s", setting, got, want)
		}
	}
	if got := primary.SQL("SHOW max_connections"); got != "55" {
		t.Errorf("max_connections on the primary: got %s, want 55", got)
	}
}

// TestTheOfficialEntrypointsNameMakesNoPrimaryOfAStandby starts as an image does that
// was built from ours and has an entrypoint of its own.
func TestTheOfficialEntrypointsNameMakesNoPrimaryOfAStandby(t *testing.T) {
	t.Parallel()
	empty := newVolume(t) + ":" + volume
	for _, typed := range []string{"exec docker-entrypoint.sh postgres", "gosu postgres docker-entrypoint.sh postgres", "/usr/local/bin/docker-entrypoint.sh"} {
		said, status := Run(t, "--volume", empty, "--env", "POSTGRES_PASSWORD=test", "--entrypoint", "bash", image("slave"), "-c", typed)
		if status != 78 || !strings.Contains(said, "MASTER_SERVER") {
			t.Errorf("%s: exit %d, want 78 for want of a primary\n%s", typed, status, said)
		}
	}
	holdsNothing(t, []string{"--volume", empty})
}

// Without --init the entrypoint is process 1, which no signal ends by itself.
func TestDockerStopEndsProcessOne(t *testing.T) {
	t.Parallel()
	primary := Start(t, "--env", "POSTGRES_PASSWORD=test", image("master"))
	running(t, primary, "initdb")
	stop(t, primary, "initdb", "130")
	standby := Start(t, "--env", "MASTER_SERVER=127.0.0.1", "--env", "MASTER_PORT=5433", "--env", "REPLICATION_PASSWORD=test", image("slave"))
	standby.Says("waiting for the primary")
	stop(t, standby, "the wait", "130")
	primary.Docker("start")
	primary.Healthy()
}

func TestAnyOtherArgumentsAreAProgram(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ image, args, want string }{
		{"master", "psql --version", "psql (PostgreSQL)"},
		{"slave", "bash -c 'echo $REPLICATION_MODE'", "standby"},
		{"master", "postgres --version", "postgres (PostgreSQL)"},
		{"master", "--version", "postgres (PostgreSQL)"},
		{"slave", "version", "pgreplica 0.1.0"},
		{"master", "settings", "REPLICATION_ALLOW"},
	} {
		args := []string{image(test.image)}
		if program, script, found := strings.Cut(test.args, " -c "); found {
			args = append(args, program, "-c", strings.Trim(script, "'"))
		} else {
			args = append(args, strings.Fields(test.args)...)
		}
		output, status := Run(t, args...)
		if status != 0 || !strings.Contains(output, test.want) {
			t.Errorf("docker run %s %s: exit %d, want 0 and %q:\n%s", test.image, test.args, status, test.want, output)
		}
	}
	if output, status := Run(t, image("master"), "no-such-program"); status == 0 {
		t.Errorf("a program that does not exist ends with 0: %s", output)
	}
}
