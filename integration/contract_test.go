//go:build integration

package integration

import (
	"cmp"
	"fmt"
	"os"
	"testing"
)

// The contract is what the official image promises in its documentation and in
// its entrypoint. OFFICIAL_IMAGE=postgres:13 holds that image to these tests in
// the place of ours, so that it asks for nothing but what is promised. Where
// ours is meant to do better, the test says so beside the word official.
var official = os.Getenv("OFFICIAL_IMAGE") != ""

func contracted() string { return cmp.Or(os.Getenv("OFFICIAL_IMAGE"), image("master")) }

func TestTheOfficialContract(t *testing.T) {
	t.Parallel()
	for title, promise := range map[string]func(*testing.T){
		"scripts of every kind run once, in order":      scriptsRunOnce,
		"scripts run in the order of the locale":        scriptsFollowTheLocale,
		"a script that fails stops the start":           aFailedScriptStops,
		"a start that was killed is made whole":         aKilledStartIsMadeWhole,
		"any user can run it":                           anyUser,
		"the data directory and WAL lie where they may": dataElsewhere,
		"trust is granted and warned about":             trust,
		"a mistake is named and nothing is made":        mistakesOfTheContract,
		"a program runs and nothing is made":            programs,
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			promise(t)
		})
	}
}

// serves waits until the server itself answers: the one that runs the scripts
// does not listen on TCP.
func serves(t *testing.T, c Container) {
	t.Helper()
	Eventually(t, "the server answers", func() bool {
		if c.Inspect("{{.State.Running}}") == "false" {
			t.Fatal("the container has ended with " + c.Inspect("{{.State.ExitCode}}"))
		}
		_, err := c.tryExec("pg_isready", "--quiet", "--host", "127.0.0.1", "--username", "postgres")
		return err == nil
	})
}

// A person is who asks a server, and where.
type person struct{ name, database string }

// asks runs a statement over the socket, without a password; options are those
// of docker exec.
func (p person) asks(c Container, statement string, options ...string) string {
	c.t.Helper()
	said, err := docker(append(append([]string{"exec"}, options...), c.ID, "psql", "-XAtqw", "-U", p.name, "-d", p.database, "-c", statement)...)
	if err != nil {
		c.t.Fatalf("%s: %v\n%s", statement, err, said)
	}
	return said
}

// enters tries a password from the container's own address, which stands for
// every other host.
func (p person) enters(c Container, password string) bool {
	c.t.Helper()
	said, _ := docker("exec", "--env", "PGPASSWORD="+password, c.ID, "sh", "-c",
		`psql -XAtqw -h "$(hostname -i)" -U "$0" -d "$1" -c 'SELECT 1'`, p.name, p.database)
	return said == "1"
}

// notes are scripts that each write their name into a table, for ran to read.
func notes(names ...string) map[string]string {
	texts := map[string]string{}
	for _, name := range names {
		texts[name] = fmt.Sprintf("CREATE TABLE IF NOT EXISTS ran (n serial, script text);\nINSERT INTO ran (script) VALUES ('%s');\n", name)
	}
	return texts
}

const ran = `SELECT string_agg(script, ' ' ORDER BY n) FROM ran`

// expect compares what a server says with what it should.
func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\ngot  %s\nwant %s", what, got, want)
	}
}
