package entrypoint

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/integration/apart"
	"pgreplica/integration/realpg"
)

// reporter is a postgres that answers -C as the real one in the folder %s does. As a
// server it says what it has inherited.
const reporter = `#!/bin/sh
case " $* " in *" -C "*) exec %s/postgres "$@";; esac
echo "arguments: $*"
echo "groups: $(id -G) "
tr '\0' '\n' < /proc/$$/environ | sed 's/^/environment: /'
for fd in /proc/$$/fd/*; do echo "open: $(readlink "$fd")"; done
`

// TestAServerInheritsWhatItNeedsAndNothingElse starts a standby that is there
// already, in a process of its own that has a group of root's, beside a primary with
// more connections than this standby asks for.
func TestAServerInheritsWhatItNeedsAndNothingElse(t *testing.T) {
	if apart.Inside(t) {
		becomeReporter(t)
	}
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	cluster := realpg.New(t)
	volume := filepath.Join(t.TempDir(), "volume")
	bin := t.TempDir()
	if out, err := exec.Command("sh", "-c", `mkdir "$1" && cp -a "$0" "$1/pgdata" && touch "$1/pgdata/standby.signal"`, cluster.Dir, volume).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(bin, "postgres"), fmt.Appendf(nil, reporter, cluster.Bin), 0o755); err != nil {
		t.Fatal(err)
	}
	primary := cluster.Start(t, "max_connections=200")
	conn, err := pgsql.Local(t.Context(), primary.Socket, primary.Port, "postgres", "postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "CREATE ROLE replicator LOGIN REPLICATION"); err != nil {
		t.Fatal(err)
	}
	cmd := apart.Command(t)
	cmd.SysProcAttr = apart.OwnMounts()
	cmd.SysProcAttr.Credential = &syscall.Credential{Groups: []uint32{0, 4711}}
	cmd.Env = append(cmd.Env, "PATH="+bin+":"+cluster.Bin+":"+os.Getenv("PATH"), "PG_MAJOR="+strings.TrimSpace(cluster.Read("PG_VERSION")), "PGDATA="+volume+"/pgdata/",
		"REPLICATION_MODE=standby", "MASTER_SERVER=127.0.0.1", fmt.Sprintf("MASTER_PORT=%d", primary.Port), "MASTER_SSLMODE=disable",
		"REPLICATION_USER=replicator", "REPLICATION_PASSWORD=canary", "POSTGRES_PASSWORD=canary", "OF_THE_CONTAINER=canary")
	said := heard(apart.Output(t, cmd))
	if got, want := said["arguments"], []string{"-c max_connections=150 -c max_connections=200"}; !slices.Equal(got, want) {
		t.Errorf("arguments %q, want %q", got, want)
	}
	if groups := strings.Fields(said["groups"][0]); slices.Contains(groups, "0") || slices.Contains(groups, "4711") {
		t.Errorf("it has groups of root: %s", groups)
	}
	if !slices.Contains(said["open"], volume) {
		t.Errorf("the lock of %s is not among %q", volume, said["open"])
	}
	if left := said["before postgres"]; len(left) > 0 {
		t.Errorf("connections are open that nobody has ended: %q", left)
	}
	environment := said["environment"]
	if all := strings.Join(environment, "\n"); strings.Contains(all, "canary") || strings.Count(all, "PGDATA=") != 1 || !slices.Contains(environment, "PGDATA="+volume+"/pgdata") {
		t.Errorf("its environment is\n%s", all)
	}
}

// becomeReporter prepares the server, says which sockets are still open, and becomes
// the server.
func becomeReporter(t *testing.T) {
	apart.Cover(t, "/run")
	if err := os.MkdirAll(node.SocketDir, 0o755); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := node.Configuration()
	if err != nil {
		t.Fatal(err)
	}
	server, err := Prepare(t.Context(), zerolog.New(os.Stdout), cfg, []string{"-c", "max_connections=150"})
	if err != nil {
		t.Fatal(err)
	}
	open, _ := os.ReadDir("/proc/self/fd")
	for _, fd := range open {
		if what, _ := os.Readlink("/proc/self/fd/" + fd.Name()); strings.HasPrefix(what, "socket:") {
			fmt.Println("before postgres: " + what)
		}
	}
	t.Fatal(server.Become())
}

// heard are the lines of "topic: what" by their topic.
func heard(said string) map[string][]string {
	topics := map[string][]string{}
	for line := range strings.Lines(said) {
		if topic, what, found := strings.Cut(strings.TrimSpace(line), ": "); found {
			topics[topic] = append(topics[topic], strings.TrimSpace(what))
		}
	}
	return topics
}
