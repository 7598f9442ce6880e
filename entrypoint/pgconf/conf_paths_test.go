package pgconf

import (
	"os"
	"slices"
	"testing"
)

func TestACopyLeavesOutTheFilesOfItsPrimarysHost(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"here.conf", "pg_hba.conf"} {
		if err := os.WriteFile(dir+"/"+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const kept = "include 'here.conf'\ninclude_if_exists '/nowhere/x.conf'\nhba_file = '/data/pg_hba.conf'\nssl_cert_file = '/nowhere/a.crt'\n# include 'x'\n"
	out, left := ConfWithoutMissingFiles(kept+"Include_Dir = 'conf.d'\nident_file '/etc/postgresql/13/main/pg_ident.conf'\n", dir, "/data")
	const mark = "#pgreplica: not there: "
	if want := kept + mark + "Include_Dir = 'conf.d'\n" + mark + "ident_file '/etc/postgresql/13/main/pg_ident.conf'\n"; out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	if want := []string{"Include_Dir = 'conf.d'", "ident_file '/etc/postgresql/13/main/pg_ident.conf'"}; !slices.Equal(left, want) {
		t.Errorf("got %q, want %q", left, want)
	}
}
