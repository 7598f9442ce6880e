package entrypoint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
)

// fakePostgres answers postgres -C: it rejects a candidate with the word broken
// and notes each call.
const fakePostgres = `#!/bin/sh
echo call >> "$0.calls"
for arg; do case $arg in config_file=*) file=${arg#config_file=};; esac; done
while read -r line; do n=$((n+1)); case $line in *broken*) echo "x LOG:  syntax error in file \"$file\" line $n, near token \"broken\"" >&2; bad=1;; esac; done < "$file"
test -z "$bad" && echo "$2" && exit
echo "x FATAL:  configuration file \"$file\" contains errors" >&2
exit 1
`

// newPlaced is a primary with an empty folder of mounted files and a PostgreSQL
// that only judges.
func newPlaced(t *testing.T) (n *Node, calls func() int) {
	t.Helper()
	n = newNode(t, pg.Primary)
	n.cfg.ConfigDir, n.cfg.PostgresUser, n.major = t.TempDir(), "postgres", 13
	for _, name := range []string{confFile, hbaFile, identFile} {
		put(t, filepath.Join(n.layout.Dir, name), "")
	}
	bin := t.TempDir()
	put(t, filepath.Join(bin, "postgres"), fakePostgres)
	t.Setenv("PATH", bin)
	return n, func() int {
		text, _ := os.ReadFile(filepath.Join(bin, "postgres.calls"))
		return strings.Count(string(text), "call")
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

func users(t *testing.T, n *Node, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(n.layout.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return pgconf.Users(string(text))
}

// start does what a start does with the mounted files.
func placeAll(t *testing.T, n *Node) []placement {
	t.Helper()
	placed, err := n.placeFiles(t.Context(), n.layout.Dir, false)
	if err != nil {
		t.Fatal(err)
	}
	n.notePlacements(placed)
	return placed
}

func TestNobodysEditIsLost(t *testing.T) {
	const old, edit, new = "local all all trust\n", "local all all peer\n", "local all all md5\n"
	for title, c := range map[string]struct {
		placed, mounted, current string
		replace                  bool
		verdict                  verdict
		left                     string
	}{
		"nothing changed":                   {old, old, old, false, same, old},
		"the mounted file changed":          {old, new, old, false, due, new},
		"somebody edited":                   {old, old, edit, false, edited, edit},
		"both, and differently":             {old, new, edit, false, withheld, edit},
		"both, alike":                       {old, new, new, false, same, new},
		"an edit that is to go":             {old, old, edit, true, due, old},
		"a file that was never placed":      {"", new, old, false, due, new},
		"the same that was never placed":    {"", new, new, false, same, new},
		"replace, where there is no reason": {old, old, old, true, same, old},
	} {
		n, _ := newPlaced(t)
		n.replace = c.replace
		put(t, filepath.Join(n.cfg.ConfigDir, hbaFile), c.mounted)
		put(t, filepath.Join(n.layout.Dir, hbaFile), c.current)
		if c.placed != "" {
			n.record.Place(hbaFile, pgdata.Hash(c.placed))
		}
		if got := placeAll(t, n)[1].verdict; got != c.verdict {
			t.Errorf("%s: got %s, want %s", title, got, c.verdict)
		}
		if left := users(t, n, hbaFile); left != c.left {
			t.Errorf("%s: left %q, want %q", title, left, c.left)
		}
		if kept := users(t, n, hbaFile) != c.current; kept != isThere(n, "old_"+hbaFile) {
			t.Errorf("%s: old_pg_hba.conf is there: %v", title, !kept)
		}
		n.replace = false
		if again := placeAll(t, n)[1].verdict; again == due {
			t.Errorf("%s: a second start places it again", title)
		}
	}
}

func isThere(n *Node, name string) bool {
	_, err := os.Stat(filepath.Join(n.layout.Dir, name))
	return err == nil
}

func TestARejectedFileLeavesThePreviousOne(t *testing.T) {
	n, _ := newPlaced(t)
	for _, name := range []string{confFile, hbaFile} {
		good, bad := "work_mem = 8MB\n", "work_mem = 8MB\nbroken\n"
		if name == hbaFile {
			good, bad = "local all all trust\n", "local all all trust\nlocal all all nowhere\n"
		}
		at := filepath.Join(n.cfg.ConfigDir, name)
		put(t, at, good)
		placeAll(t, n)
		put(t, at, bad)
		placed := placeAll(t, n)
		err := refusals(placed)
		if err == nil || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), at) {
			t.Errorf("%s: got %v, want line 2 of the mounted file", name, err)
		}
		if left := users(t, n, name); left != good || n.record.Rejected[name].Reason == "" {
			t.Errorf("%s: left %q, noted %+v", name, left, n.record.Rejected)
		}
		put(t, at, good+"# corrected\n")
		if placeAll(t, n); users(t, n, name) != good+"# corrected\n" || len(n.record.Rejected) > 0 {
			t.Errorf("%s: the corrected file is not in place, or still rejected: %v", name, n.record.Rejected)
		}
	}
}

func TestWhatFollowingLeavesOutIsNoEdit(t *testing.T) {
	n, _ := newPlaced(t)
	at := filepath.Join(n.cfg.ConfigDir, confFile)
	put(t, at, "work_mem = 8MB\ncluster_name = 'boss'\n")
	placeAll(t, n)
	n.cfg.Mode, n.cfg.MasterServer, n.slot = pg.Standby, "db1", "db2"
	if err := n.follow(); err != nil {
		t.Fatal(err)
	}
	if got := users(t, n, confFile); !strings.Contains(got, "#pgreplica: only the primary's: cluster_name") {
		t.Fatalf("the former primary's file is\n%s", got)
	}
	if got := placeAll(t, n)[0].verdict; got != same {
		t.Errorf("got %s, want %s", got, same)
	}
	put(t, at, "work_mem = 9MB\n")
	if placeAll(t, n); users(t, n, confFile) != "work_mem = 9MB\n" {
		t.Errorf("the changed file is not in place:\n%s", users(t, n, confFile))
	}
}

func TestAFileThatIsGoneComesBack(t *testing.T) {
	n, _ := newPlaced(t)
	const mounted = "local all all md5\n"
	put(t, filepath.Join(n.cfg.ConfigDir, hbaFile), mounted)
	placeAll(t, n)
	for _, name := range []string{confFile, hbaFile, identFile} {
		if err := os.Remove(filepath.Join(n.layout.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.complete(n.layout.Dir); err != nil {
		t.Fatal(err)
	}
	if got := users(t, n, hbaFile); !strings.HasPrefix(got, pgconf.LocalHBA) || !strings.Contains(got, "\nhost all all all scram-sha-256\n") {
		t.Errorf("without a mounted file pg_hba.conf is\n%s", got)
	}
	placeAll(t, n)
	if got := users(t, n, hbaFile); got != mounted {
		t.Errorf("got %q, want the mounted file", got)
	}
	if !isThere(n, confFile) || !isThere(n, identFile) {
		t.Error("a file is missing")
	}
}

func TestPostgreSQLIsNotAskedTwiceAboutTheSameFile(t *testing.T) {
	n, calls := newPlaced(t)
	at := filepath.Join(n.cfg.ConfigDir, confFile)
	put(t, at, "broken\n")
	for range 3 {
		if err := refusals(placeAll(t, n)); err == nil || !strings.Contains(err.Error(), "line 1: syntax error, near token") {
			t.Fatalf("got %v, want the line that is broken", err)
		}
	}
	if calls() != 1 {
		t.Errorf("asked %d times about the same file", calls())
	}
	n.args = []string{"-c", "work_mem=4MB"}
	if placeAll(t, n); calls() != 2 {
		t.Errorf("asked %d times, want once more for other arguments", calls())
	}
	put(t, at, "include 'x'\nbroken\n")
	placeAll(t, n)
	if placeAll(t, n); calls() != 4 {
		t.Errorf("asked %d times, want each time where another file is included", calls())
	}
	put(t, at, "work_mem = 8MB\n")
	placeAll(t, n)
	if placeAll(t, n); calls() != 5 {
		t.Errorf("asked %d times, want none for a file that is in place", calls())
	}
}

func TestAStartRemembersWhatTheServerObjectedTo(t *testing.T) {
	n, _ := newPlaced(t)
	for name, text := range map[string]string{confFile: "work_mem = 8MB\n", hbaFile: "local all all md5\n"} {
		put(t, filepath.Join(n.cfg.ConfigDir, name), text)
		m, err := n.read(n.layout.Dir, name)
		if err != nil {
			t.Fatal(err)
		}
		n.notePlacements([]placement{{mounted: m, refused: n.rejection(m, serverSaid, "line 1: for a reason")}})
	}
	if err := refusals(placeAll(t, n)); err == nil || strings.Count(err.Error(), "for a reason") != 2 {
		t.Errorf("got %v, want both files rejected as before", err)
	}
	n.serves = true
	if err := refusals(placeAll(t, n)); err != nil {
		t.Errorf("apply asks the server again: %v", err)
	}
}

func TestWhatPostgreSQLSaysIsToldOfTheMountedFile(t *testing.T) {
	const block, mounted = "# >>> pgreplica\na = 1\n# <<< pgreplica\n", "# >>> pgreplica\nx\n# <<< pgreplica\nwork_mem = 1\nprimary_conninfo = 'password=canary\nWork_Mem = x\n"
	for said, want := range map[string]string{
		`unrecognized configuration parameter "foo" in file "/c" line 4`: `line 4: unrecognized configuration parameter "foo"`,
		`syntax error in file "/c" line 5, near token "canary"`:          "line 5: syntax error",
		`syntax error in file "/c" line 6, near token "x"`:               `line 6: syntax error, near token "x"`,
		`invalid value for parameter "work_mem": "x"`:                    `line 6: invalid value for parameter "work_mem": "x"`,
		`syntax error in file "/d" line 1, near token "x"`:               `syntax error in file "/d" line 1`,
		`could not open configuration file "/d": No such file`:           `could not open configuration file "/d": No such file`,
	} {
		if got := explainConf(said, "/c", mounted, block); got != want {
			t.Errorf("%s: got %q, want %q", said, got, want)
		}
	}
}
