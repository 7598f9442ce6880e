//go:build integration

package integration

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryMistakeIsToldAtOnceAndNothingIsTouched(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]struct {
		image    string
		env      []string
		mistakes []string
	}{
		"a standby with the old project's placeholders": {
			"slave",
			[]string{"MASTER_SERVER=IP_HERE", "MASTER_PORT=PUERTO_DEL_MASTER", "MASTER_SLOT=replication-slot-1", "CLONE_MAX_RATE=fast", "LOG_FORMAT=xml"},
			[]string{"MASTER_SERVER", "IP_HERE", "MASTER_PORT", "PUERTO_DEL_MASTER", "REPLICATION_PASSWORD", "MASTER_SLOT", "replication_slot_1", "CLONE_MAX_RATE", "LOG_FORMAT"},
		},
		"a primary with passwords said twice": {
			"master",
			[]string{"POSTGRES_PASSWORD=story", "POSTGRES_PASSWORD_FILE=/run/secret", "REPLICATION_ALLOW=10.0.0.300", "REQUIRE_VOLUME=perhaps"},
			[]string{"both POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are set (but are exclusive)", "REPLICATION_ALLOW", "REQUIRE_VOLUME"},
		},
		"a primary without a password": {"master", nil, []string{"POSTGRES_PASSWORD", "POSTGRES_HOST_AUTH_METHOD=trust"}},
	} {
		empty := newVolume(t)
		args := []string{"--volume", empty + ":" + volume}
		look := append(slices.Clone(args), "--entrypoint", "find", image(story.image), volume)
		before, _ := Run(t, look...)
		for _, setting := range story.env {
			args = append(args, "--env", setting)
		}
		output, status := Run(t, append(args, image(story.image))...)
		if status != 78 {
			t.Errorf("%s: exit %d, want 78", name, status)
		}
		for _, mistake := range story.mistakes {
			if !strings.Contains(output, mistake) {
				t.Errorf("%s: %s is not named in:\n%s", name, mistake, output)
			}
		}
		if after, _ := Run(t, look...); after != before {
			t.Errorf("%s: the volume held %q, and now %q", name, before, after)
		}
	}
}

func TestAClusterIsNotMadeWithoutAVolumeWhereOneIsRequired(t *testing.T) {
	t.Parallel()
	output, status := Run(t, "--env", "POSTGRES_PASSWORD=story", "--env", "REQUIRE_VOLUME=on", image("master"))
	if status != 77 || !strings.Contains(output, "REQUIRE_VOLUME") {
		t.Errorf("exit %d, want 77 and the variable named:\n%s", status, output)
	}
}

func newVolume(t *testing.T) string {
	t.Helper()
	volume, err := docker("volume", "create")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { docker("volume", "rm", volume) })
	return volume
}
