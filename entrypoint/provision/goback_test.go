package provision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// startWith is what a start does up to the server: it places a mounted file, and
// notes that a server is about to run.
func startWith(t *testing.T, f *Files, name, text string) placement {
	t.Helper()
	if err := f.GoBack(); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(f.Node.Config.ConfigDir, name), text)
	placed := placeAll(t, f)
	f.Node.Record.Try(pgdata.ControlWritten(f.Dir))
	if err := f.Node.Record.Save("start"); err != nil {
		t.Fatal(err)
	}
	f.Node.Record = pgdata.ReadRecord(f.Node.Volume.State)
	if name == pgconf.HBAFile {
		return placed[1]
	}
	return placed[0]
}

// works is what a server does to the files that a start looks at: it writes
// pg_control, and says in postmaster.pid what it does.
func works(t *testing.T, f *Files, wrote bool, status string) {
	t.Helper()
	if wrote {
		at := time.Now().Add(time.Minute)
		if err := os.Chtimes(filepath.Join(f.Dir, "global", "pg_control"), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if status != "" {
		put(t, filepath.Join(f.Dir, "postmaster.pid"), status)
	}
}

func TestAFileThatAServerEndsWithGoesBack(t *testing.T) {
	const starting, memory = "1\n/data\n1\n5432\n/run\n*\n1 1\nstarting\n", "1\n/data\n1\n5432\n"
	for title, c := range map[string]struct {
		name, old, new string
		wrote          bool   // the server wrote pg_control
		pid            string // what it left of postmaster.pid
		back           bool
	}{
		"it ended at once":                       {pgconf.ConfFile, "a = 1\n", "a = 2\n", false, "", true},
		"it was killed while it made its memory": {pgconf.ConfFile, "a = 1\n", "a = 2\n", false, memory, true},
		"it was killed in a recovery":            {pgconf.ConfFile, "a = 1\n", "a = 2\n", false, starting, false},
		"it worked":                              {pgconf.ConfFile, "a = 1\n", "a = 2\n", true, "", false},
		"it worked, and was killed":              {pgconf.ConfFile, "a = 1\n", "a = 2\n", true, starting, false},
		"it ended at once with a pg_hba.conf":    {pgconf.HBAFile, "local all all trust\n", "local all all md5\n", false, "", true},
		"it ended at once, and none was mounted": {pgconf.ConfFile, "", "a = 2\n", false, "", true},
		"a pg_hba.conf, where none was mounted":  {pgconf.HBAFile, "", "local all all md5\n", false, "", true},
	} {
		f, calls := newPlaced(t)
		put(t, filepath.Join(f.Dir, c.name), "# mine\n")
		if err := os.Mkdir(filepath.Join(f.Dir, "global"), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(f.Dir, "global", "pg_control"), "")
		want := "# mine\n"
		if c.old != "" {
			startWith(t, f, c.name, c.old)
			works(t, f, true, "")
			want = c.old
		}
		if p := startWith(t, f, c.name, c.new); !p.placed {
			t.Fatalf("%s: the new file is not placed: %v", title, p.rejection)
		}
		works(t, f, c.wrote, c.pid)
		for again := range 3 {
			before := calls()
			p := startWith(t, f, c.name, c.new)
			if c.back {
				if got := users(t, f, c.name); got != want || p.rejection == nil || p.placed || calls() != before {
					t.Errorf("%s, start %d: in place is %q, placed %v, rejected %v, asked %d times", title, again, got, p.placed, p.rejection, calls()-before)
				}
				if known := f.Node.Record.Rejected[c.name]; !strings.Contains(known.Reason, "ended before it had begun its work") {
					t.Errorf("%s: the record says %q", title, known.Reason)
				}
			} else if got := users(t, f, c.name); got != c.new || p.rejection != nil || p.verdict != plan.InPlace {
				t.Errorf("%s, start %d: in place is %q, %s, rejected %v", title, again, got, p.verdict, p.rejection)
			}
		}
		if !c.back {
			continue
		}
		f.Running = true // apply gives it another chance
		if p := startWith(t, f, c.name, c.new); !p.placed {
			t.Errorf("%s: apply does not place it: %v", title, p.rejection)
		}
		f.Running = false
		if got := users(t, f, c.name); got != c.new {
			t.Errorf("%s: after apply %q is in place", title, got)
		}
		if startWith(t, f, c.name, c.new); users(t, f, c.name) != want {
			t.Errorf("%s: it does not go back a second time", title)
		}
		if p := startWith(t, f, c.name, c.new+"# corrected\n"); !p.placed || len(f.Node.Record.Rejected) > 0 {
			t.Errorf("%s: a corrected file is not placed: %v", title, p.rejection)
		}
	}
}

func TestANewClusterGoesBackToInitdbsFiles(t *testing.T) {
	f, _ := newPlaced(t)
	f.Fresh = true
	put(t, filepath.Join(f.Dir, pgconf.ConfFile), "# initdb's\n")
	put(t, filepath.Join(f.Dir, pgconf.HBAFile), "local all all trust\n")
	if err := os.Mkdir(filepath.Join(f.Dir, "global"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(f.Dir, "global", "pg_control"), "")
	put(t, filepath.Join(f.Node.Config.ConfigDir, pgconf.HBAFile), "local all all md5\n")
	startWith(t, f, pgconf.ConfFile, "a = 2\n")
	f.Fresh = false
	startWith(t, f, pgconf.ConfFile, "a = 2\n")
	if got := read(t, filepath.Join(f.Dir, pgconf.ConfFile)); !pgconf.HasBlock(got) || pgconf.WithoutBlocks(got) != "# initdb's\n" {
		t.Errorf("postgresql.conf is\n%s", got)
	}
	if got := read(t, filepath.Join(f.Dir, pgconf.HBAFile)); !pgconf.HasBlock(got) || !strings.HasSuffix(got, "local all all trust\n\nhost all all all scram-sha-256\n") {
		t.Errorf("pg_hba.conf is\n%s", got)
	}
}

func TestAnEditIsNotLostToAFileThatGoesBack(t *testing.T) {
	f, _ := newPlaced(t)
	if err := os.Mkdir(filepath.Join(f.Dir, "global"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(f.Dir, "global", "pg_control"), "")
	startWith(t, f, pgconf.ConfFile, "a = 2\n")
	put(t, filepath.Join(f.Dir, pgconf.ConfFile), "a = 3\n")
	if startWith(t, f, pgconf.ConfFile, "a = 2\n"); users(t, f, pgconf.ConfFile) != "a = 3\n" {
		t.Error("an edit is gone")
	}
}

func TestSeveralFilesThatNoServerWasStartedWithGoBackStepByStep(t *testing.T) {
	f, _ := newPlaced(t)
	if err := os.Mkdir(filepath.Join(f.Dir, "global"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(f.Dir, "global", "pg_control"), "")
	startWith(t, f, pgconf.ConfFile, "a = 1\n")
	works(t, f, true, "")
	f.Node.Record.Prove()
	for _, text := range []string{"a = 2\n", "a = 3\n", "a = 4\n"} { // what apply does
		put(t, filepath.Join(f.Node.Config.ConfigDir, pgconf.ConfFile), text)
		placeAll(t, f)
	}
	for _, want := range []string{"a = 4\n", "a = 3\n", "a = 1\n", "a = 1\n"} {
		if startWith(t, f, pgconf.ConfFile, "a = 4\n"); users(t, f, pgconf.ConfFile) != want {
			t.Errorf("got %q, want %q", users(t, f, pgconf.ConfFile), want)
		}
	}
	if len(f.Node.Record.Rejected) != 1 || f.Node.Record.Tried != "" {
		t.Errorf("the record says %+v", f.Node.Record.State)
	}
}
