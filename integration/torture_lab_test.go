//go:build integration

package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A lab is a primary on a network of its own and a folder of volumes. One
// container, the helper, has all volumes from outside, as root.
type lab struct {
	t       *testing.T
	network string
	primary Container
	session *pgx.Conn
	helper  Container
	folder  string
	trials  int
	old     struct { // the cluster that lies on some volumes before
		id    string
		files map[string]string
	}
	facts string // what an undisturbed start gives a primary
}

// mounted is where a volume is mounted that holds no more than the data and what
// lies beside it, and inside where a new cluster lies below it.
var (
	mounted = beside
	inside  = strings.TrimPrefix(dataDir, beside)
)

// labelled is on every container of a run: images of two runs may be the same
// image, so that their name does not distinguish them.
func labelled() string { return "pgreplica.torture=" + run }

var labSecrets = []string{"--env", "POSTGRES_PASSWORD=torture-1", "--env", "APP_PASSWORD=torture-2", "--env", "REPLICATION_PASSWORD=torture-3"}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, folder: t.TempDir(), network: fmt.Sprintf("torture-%s-%d", run, projects.Add(1))}
	l.helper = Start(t, "--label", labelled(), "--network", "none", "--volume", l.folder+":/lab", "--entrypoint", "sleep", image("master"), "infinity")
	t.Cleanup(func() { l.helper.Exec("find", "/lab", "-mindepth", "1", "-delete") })
	l.fetchStrace()
	if said, err := docker("network", "create", "--label", labelled(), l.network); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Cleanup(func() { docker("network", "rm", l.network) })
	return l
}

// withPrimary gives the lab a primary that has rows.
func (l *lab) withPrimary() *lab {
	l.t.Helper()
	l.primary = Start(l.t, append(labSecrets, "--label", labelled(), "--network", l.network, "--network-alias", "upstream", "--publish", "127.0.0.1::5432", image("master"))...)
	address := "postgres://postgres:torture-1@" + strings.Fields(l.primary.Docker("port"))[2] + "/postgres?sslmode=disable"
	Eventually(l.t, "the primary answers", func() bool {
		var err error
		l.session, err = pgx.Connect(l.t.Context(), address)
		return err == nil
	})
	l.t.Cleanup(func() { l.session.Close(l.t.Context()) })
	l.ask("CREATE TABLE ledger AS SELECT g AS line, md5(g::text) AS entry FROM generate_series(1, 5000) g")
	return l
}

// ask returns the first column of the first row that the primary answers.
func (l *lab) ask(statement string) string {
	l.t.Helper()
	rows, err := l.session.Query(l.t.Context(), statement, pgx.QueryExecModeSimpleProtocol)
	var answer string
	if err == nil {
		for rows.Next() {
			answer = string(rows.RawValues()[0])
		}
		err = rows.Err()
	}
	if err != nil {
		l.t.Fatalf("%s: %v", statement, err)
	}
	return answer
}

// fetchStrace puts the machine's strace, with its libraries, where a container
// can run it: the images hold none.
func (l *lab) fetchStrace() {
	l.t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		l.t.Fatal("strace is missing. Type: sudo apt-get install strace")
	}
	libraries, err := output(exec.Command("ldd", strace))
	if err != nil {
		l.t.Fatalf("ldd %s: %v\n%s", strace, err, libraries)
	}
	kit := filepath.Join(l.folder, "strace")
	l.copy(strace, filepath.Join(kit, "strace"))
	for word := range strings.FieldsSeq(libraries) {
		if name := filepath.Base(word); strings.HasPrefix(word, "/") {
			if strings.HasPrefix(name, "ld-linux") || strings.HasPrefix(name, "ld-musl") {
				name = "loader"
			}
			l.copy(word, filepath.Join(kit, name))
		}
	}
}

func (l *lab) copy(from, to string) {
	l.t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, text, 0o755)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// within waits for a condition and says whether it came true in time.
func within(limit time.Duration, condition func() bool) bool {
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(40 * time.Millisecond) {
		if condition() {
			return true
		}
	}
	return false
}
