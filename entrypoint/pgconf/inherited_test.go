package pgconf

import (
	"strings"
	"testing"

	"pgreplica/integration/realpg"
)

// initdbs is the part of initdb's file that counts here.
const initdbs = "# -----------------------------\n" + initdbsHead + "#work_mem = 4MB\nmax_connections = 100\t\t# (change requires restart)\n" +
	"shared_buffers = 128MB\nmax_wal_size = 1GB\nlc_messages = 'es_VE.UTF-8'\t\t# locale\ntimezone = 'America/Caracas'\ndefault_text_search_config = 'pg_catalog.spanish'\n"

func TestWhatInitdbChoseStaysBelowTheUsersFile(t *testing.T) {
	const chosen = "max_connections = '100'\nshared_buffers = '128MB'\ntimezone = 'America/Caracas'\nlc_messages = 'es_VE.UTF-8'\ndefault_text_search_config = 'pg_catalog.spanish'\n"
	placed := InstalledConf(ManagedConf(0, InheritedNote, "shared_buffers = '16MB'\n"), "work_mem = 7MB\n")
	for title, c := range map[string]struct{ current, old, want string }{
		"initdb's file is in place":               {initdbs, "", chosen},
		"initdb's file behind our block":          {InstalledConf(ManagedConf(0), initdbs), "", chosen},
		"an earlier version replaced it":          {InstalledConf(ManagedConf(0), "work_mem = 7MB\n"), initdbs, chosen},
		"our block has it, which wins":            {placed, initdbs, "shared_buffers = '16MB'\n"},
		"a copy of a primary's block":             {placed, "", "shared_buffers = '16MB'\n"},
		"nothing can be known":                    {InstalledConf(ManagedConf(0), "shared_buffers = 2GB\n"), "", ""},
		"the first that was replaced was a short": {"", "shared_buffers = 2GB\n", ""},
		"looked for, and none of it can be used":  {ManagedConf(0, InheritedNote), initdbs, ""},
	} {
		got := strings.TrimPrefix(strings.Join(Inherited(c.current, c.old), ""), InheritedNote)
		if got != c.want {
			t.Errorf("%s: got %q, want %q", title, got, c.want)
		}
	}
	if again := InstalledConf(ManagedConf(0, Inherited(placed, "")...), placed); again != placed {
		t.Errorf("a second time changes it:\n%s", again)
	}
}

func TestPostgreSQLKeepsWhatInitdbChoseBehindAShortFile(t *testing.T) {
	c := realpg.New(t)
	text := c.Read("postgresql.conf")
	want := map[string]string{}
	for _, name := range []string{"shared_buffers", "TimeZone", "lc_messages", "default_text_search_config", "max_connections", "datestyle"} {
		want[name] = c.Show(name)
	}
	lines := Inherited(text, "")
	c.Write("postgresql.conf", InstalledConf(ManagedConf(600<<20, append(WALSizes(600<<20, 16<<20), lines...)...), "work_mem = 7MB\n"))
	want["max_wal_size"], want["min_wal_size"], want["work_mem"] = "128", "32", "7168"
	for name, value := range want {
		if got := c.Show(name); got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
	c.Write("postgresql.conf", InstalledConf(ManagedConf(0, lines...), "shared_buffers = 24MB\n"))
	if got := c.Show("shared_buffers"); got != "3072" {
		t.Errorf("the user's line does not win: %q", got)
	}
	c.Write("postgresql.conf", InstalledConf(ManagedConf(600<<20, WALSizes(600<<20, 0)...), WithoutWALSizes(text)))
	if got := c.Show("max_wal_size"); got != "128" {
		t.Errorf("initdb's max_wal_size outranks ours: %q", got)
	}
}
