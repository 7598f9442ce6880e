package provision

import (
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pgconf"
)

func TestPostgreSQLIsNotAskedTwiceAboutTheSameFile(t *testing.T) {
	f, calls := newPlaced(t)
	at := filepath.Join(f.Node.Config.ConfigDir, pgconf.ConfFile)
	put(t, at, "broken\n")
	for range 3 {
		if err := rejections(placeAll(t, f)); err == nil || !strings.Contains(err.Error(), "line 1: syntax error, near token") {
			t.Fatalf("got %v, want the line that is broken", err)
		}
	}
	if calls() != 1 {
		t.Errorf("asked %d times about the same file", calls())
	}
	f.Args = []string{"-c", "work_mem=4MB"}
	if placeAll(t, f); calls() != 2 {
		t.Errorf("asked %d times, want once more for other arguments", calls())
	}
	put(t, at, "include 'x'\nbroken\n")
	placeAll(t, f)
	if placeAll(t, f); calls() != 4 {
		t.Errorf("asked %d times, want each time where another file is included", calls())
	}
	put(t, at, "work_mem = 8MB\n")
	placeAll(t, f)
	if placeAll(t, f); calls() != 5 {
		t.Errorf("asked %d times, want none for a file that is in place", calls())
	}
}

func TestAStartRemembersWhatTheServerObjectedTo(t *testing.T) {
	f, _ := newPlaced(t)
	for name, text := range map[string]string{pgconf.ConfFile: "work_mem = 8MB\n", pgconf.HBAFile: "local all all md5\n"} {
		put(t, filepath.Join(f.Node.Config.ConfigDir, name), text)
		m, err := f.read(name)
		if err != nil {
			t.Fatal(err)
		}
		f.record([]placement{{mountedFile: m, rejection: f.reject(m, serverSaid, "line 1: for a reason")}})
	}
	if err := rejections(placeAll(t, f)); err == nil || strings.Count(err.Error(), "for a reason") != 2 {
		t.Errorf("got %v, want both files rejected as before", err)
	}
	f.Running = true
	if err := rejections(placeAll(t, f)); err != nil {
		t.Errorf("apply asks the server again: %v", err)
	}
}

func TestWhatPostgreSQLSaysNamesTheLineOfTheMountedFile(t *testing.T) {
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
