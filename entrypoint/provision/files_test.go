package provision

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// fakePostgres answers postgres -C: it rejects a candidate with the word broken
// and counts each call.
const fakePostgres = `#!/bin/sh
echo call >> "$0.calls"
for arg; do case $arg in config_file=*) file=${arg#config_file=};; esac; done
while read -r line; do n=$((n+1)); case $line in *broken*) echo "x LOG:  syntax error in file \"$file\" line $n, near token \"broken\"" >&2; bad=1;; esac; done < "$file"
test -z "$bad" && echo "$2" && exit
echo "x FATAL:  configuration file \"$file\" contains errors" >&2
exit 1
`

// newPlaced is a primary with an empty folder of mounted files and a postgres that
// only checks them.
func newPlaced(t *testing.T) (f *Files, calls func() int) {
	t.Helper()
	volume := pgdata.Below(filepath.Join(t.TempDir(), "pgdata"))
	if err := errors.Join(os.Mkdir(volume.Dir, 0o700), os.Mkdir(volume.State, 0o700)); err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{ConfigDir: t.TempDir(), PostgresUser: "postgres"}
	n := &node.Node{Config: cfg, Mode: pg.Primary, Volume: volume, Record: pgdata.ReadRecord(volume.State), Major: 13, Log: zerolog.Nop()}
	f = &Files{Node: n, Dir: volume.Dir}
	for _, name := range []string{pgconf.ConfFile, pgconf.HBAFile, pgconf.IdentFile} {
		put(t, filepath.Join(f.Dir, name), "")
	}
	bin := t.TempDir()
	put(t, filepath.Join(bin, "postgres"), fakePostgres)
	t.Setenv("PATH", bin)
	return f, func() int {
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

func users(t *testing.T, f *Files, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(f.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return pgconf.WithoutBlocks(string(text))
}

// placeAll does what a start does with the mounted files.
func placeAll(t *testing.T, f *Files) []placement {
	t.Helper()
	placed, err := f.place(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.record(placed)
	return placed
}

func TestNobodysEditIsLost(t *testing.T) {
	const old, edit, new = "local all all trust\n", "local all all peer\n", "local all all md5\n"
	for title, c := range map[string]struct {
		placed, mounted, current string
		replace                  bool
		verdict                  plan.Verdict
		left                     string
	}{
		"nothing changed":                   {old, old, old, false, plan.InPlace, old},
		"the mounted file changed":          {old, new, old, false, plan.Due, new},
		"somebody edited":                   {old, old, edit, false, plan.Edited, edit},
		"both, and differently":             {old, new, edit, false, plan.Withheld, edit},
		"both, alike":                       {old, new, new, false, plan.InPlace, new},
		"an edit that is to go":             {old, old, edit, true, plan.Due, old},
		"a file that was never placed":      {"", new, old, false, plan.Due, new},
		"the same that was never placed":    {"", new, new, false, plan.InPlace, new},
		"replace, where there is no reason": {old, old, old, true, plan.InPlace, old},
	} {
		f, _ := newPlaced(t)
		f.Replace = c.replace
		put(t, filepath.Join(f.Node.Config.ConfigDir, pgconf.HBAFile), c.mounted)
		put(t, filepath.Join(f.Dir, pgconf.HBAFile), c.current)
		if c.placed != "" {
			f.Node.Record.Place(pgconf.HBAFile, pgdata.Hash(c.placed))
		}
		if got := placeAll(t, f)[1].verdict; got != c.verdict {
			t.Errorf("%s: got %s, want %s", title, got, c.verdict)
		}
		if left := users(t, f, pgconf.HBAFile); left != c.left {
			t.Errorf("%s: left %q, want %q", title, left, c.left)
		}
		if kept := users(t, f, pgconf.HBAFile) != c.current; kept != isThere(f, "old_"+pgconf.HBAFile) {
			t.Errorf("%s: old_pg_hba.conf is there: %v", title, !kept)
		}
		f.Replace = false
		if again := placeAll(t, f)[1].verdict; again == plan.Due {
			t.Errorf("%s: a second start places it again", title)
		}
	}
}

func isThere(f *Files, name string) bool {
	_, err := os.Stat(filepath.Join(f.Dir, name))
	return err == nil
}

func TestARejectedFileLeavesThePreviousOne(t *testing.T) {
	f, _ := newPlaced(t)
	for _, name := range []string{pgconf.ConfFile, pgconf.HBAFile} {
		good, bad := "work_mem = 8MB\n", "work_mem = 8MB\nbroken\n"
		if name == pgconf.HBAFile {
			good, bad = "local all all trust\n", "local all all trust\nlocal all all nowhere\n"
		}
		at := filepath.Join(f.Node.Config.ConfigDir, name)
		put(t, at, good)
		placeAll(t, f)
		put(t, at, bad)
		placed := placeAll(t, f)
		err := rejections(placed)
		if err == nil || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), at) {
			t.Errorf("%s: got %v, want line 2 of the mounted file", name, err)
		}
		if left := users(t, f, name); left != good || f.Node.Record.Rejected[name].Reason == "" {
			t.Errorf("%s: left %q, noted %+v", name, left, f.Node.Record.Rejected)
		}
		put(t, at, good+"# corrected\n")
		if placeAll(t, f); users(t, f, name) != good+"# corrected\n" || len(f.Node.Record.Rejected) > 0 {
			t.Errorf("%s: the corrected file is not in place, or still rejected: %v", name, f.Node.Record.Rejected)
		}
	}
}

func TestAFileThatIsGoneComesBack(t *testing.T) {
	f, _ := newPlaced(t)
	const mounted = "local all all md5\n"
	put(t, filepath.Join(f.Node.Config.ConfigDir, pgconf.HBAFile), mounted)
	placeAll(t, f)
	for _, name := range []string{pgconf.ConfFile, pgconf.HBAFile, pgconf.IdentFile} {
		if err := os.Remove(filepath.Join(f.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Complete(); err != nil {
		t.Fatal(err)
	}
	if got := users(t, f, pgconf.HBAFile); !strings.HasPrefix(got, pgconf.LocalHBA) || !strings.Contains(got, "\nhost all all all md5\n") {
		t.Errorf("without a mounted file pg_hba.conf is\n%s", got)
	}
	placeAll(t, f)
	if got := users(t, f, pgconf.HBAFile); got != mounted {
		t.Errorf("got %q, want the mounted file", got)
	}
	if !isThere(f, pgconf.ConfFile) || !isThere(f, pgconf.IdentFile) {
		t.Error("a file is missing")
	}
}
