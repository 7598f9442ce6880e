package host

import (
	"os"
	"slices"
	"strings"
	"testing"

	"pgreplica/integration/apart"
)

// TestNoSecretIsLeftInTheEnvironment forgets them in a process of its own, which
// prints what it would give to a server.
func TestNoSecretIsLeftInTheEnvironment(t *testing.T) {
	if apart.Inside(t) {
		ForgetSecrets()
		ForgetSecrets() // apply does so in a process that may have done it
		os.Stdout.WriteString(strings.Join(EnvironWith("PGDATA", "/found/pgdata"), "\n") + "\n")
		return
	}
	cmd := apart.Command(t)
	cmd.Env = append(cmd.Env, "POSTGRES_PASSWORD=canary", "REPLICATION_PASSWORD=canary", "APP_PASSWORD_FILE=/canary", "AWS_SECRET_ACCESS_KEY=canary",
		"PGPASSWORD=canary", "PGDATA=/asked/pgdata", "LC_ALL=C.UTF-8", "TZ=America/Caracas", "PG_MAJOR=13")
	lines := strings.Split(apart.Output(t, cmd), "\n")
	if said := strings.Join(lines, "\n"); strings.Contains(said, "canary") {
		t.Errorf("got\n%s", said)
	}
	for _, pair := range []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=America/Caracas", "PG_MAJOR=13"} {
		if !slices.Contains(lines, pair) {
			t.Errorf("%s is lost", pair)
		}
	}
	places := slices.DeleteFunc(lines, func(line string) bool { return !strings.HasPrefix(line, "PGDATA=") })
	if !slices.Equal(places, []string{"PGDATA=/found/pgdata"}) {
		t.Errorf("got %q", places)
	}
}
