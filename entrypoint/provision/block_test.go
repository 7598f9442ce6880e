package provision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/plan"
)

// initdbs is the part of initdb's file that counts here; broken stands for a
// locale that this image lacks.
const initdbs = "# PostgreSQL configuration file\nshared_buffers = 128MB\ntimezone = 'America/Caracas'\n"

func TestAShortFileDoesNotLoseWhatInitdbChose(t *testing.T) {
	for title, c := range map[string]struct {
		current, old string
		placed       bool // the mounted file is in place since an earlier version
		want, not    string
	}{
		"the first file that is mounted":       {initdbs, "", false, "timezone = 'America/Caracas'", "broken"},
		"an earlier version placed it":         {pgconf.InstalledConf(pgconf.ManagedConf(0), "a = 1\n"), initdbs, true, "timezone = 'America/Caracas'", "broken"},
		"a locale that is not here":            {initdbs + "lc_messages = 'broken'\n", "", false, pgconf.InheritedNote, "broken"},
		"the same, placed by an earlier":       {pgconf.InstalledConf(pgconf.ManagedConf(0), "a = 1\n"), initdbs + "lc_messages = 'broken'\n", true, pgconf.InheritedNote, "broken"},
		"nothing is known of an old cluster":   {pgconf.InstalledConf(pgconf.ManagedConf(0), "a = 1\n"), "", true, "a = 1", pgconf.InheritedNote},
		"a file without a block is the user's": {"a = 1\n", initdbs, true, "a = 1", pgconf.InheritedNote},
	} {
		f, calls := newPlaced(t)
		put(t, filepath.Join(f.Node.Config.ConfigDir, pgconf.ConfFile), "a = 1\n")
		put(t, filepath.Join(f.Dir, pgconf.ConfFile), c.current)
		if c.old != "" {
			put(t, filepath.Join(f.Dir, "old_"+pgconf.ConfFile), c.old)
		}
		p := placeAll(t, f)[0]
		if p.rejection != nil || (p.verdict == plan.InPlace) != c.placed {
			t.Errorf("%s: %s, %v", title, p.verdict, p.rejection)
		}
		got := read(t, filepath.Join(f.Dir, pgconf.ConfFile))
		if !strings.Contains(got, c.want) || strings.Contains(got, c.not) || pgconf.WithoutBlocks(got) != "a = 1\n" {
			t.Errorf("%s: got\n%s", title, got)
		}
		before := calls()
		if p := placeAll(t, f)[0]; p.verdict != plan.InPlace || calls() != before || read(t, filepath.Join(f.Dir, pgconf.ConfFile)) != got {
			t.Errorf("%s: a second start does something", title)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
