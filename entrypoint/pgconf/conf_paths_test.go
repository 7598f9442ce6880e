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

func TestACopyIsNotReachedWhereItsPrimaryIs(t *testing.T) {
	const mark = "#pgreplica: only the primary's host's: "
	for _, c := range []struct{ conf, want string }{
		{"listen_addresses = '10.0.0.11'\nwork_mem = 4MB\n", mark + "listen_addresses = '10.0.0.11'\nlisten_addresses = '*'\nwork_mem = 4MB\n"},
		{"listen_addresses 'localhost, db1'", mark + "listen_addresses 'localhost, db1'\nlisten_addresses = '*'\n"},
		{"Listen_Addresses = ''\r\n", mark + "Listen_Addresses = ''\r\nlisten_addresses = '*'\n"},
		{"port = 5433 # the second cluster of this host\n", mark + "port = 5433 # the second cluster of this host\n"},
		{"unix_socket_directories = '/tmp'\nexternal_pid_file = '/run/13-main.pid'\n", mark + "unix_socket_directories = '/tmp'\n" + mark + "external_pid_file = '/run/13-main.pid'\n"},
		{"listen_addresses = '*'\nport = 5432\nunix_socket_directories = '/var/run/postgresql'\n#port = 1\n", ""},
	} {
		out, dropped := ConfWithoutPlace(c.conf)
		if c.want == "" {
			c.want = c.conf
		}
		if out != c.want || (len(dropped) > 0) != (out != c.conf) {
			t.Errorf("%q: got %q without %q, want %q", c.conf, out, dropped, c.want)
		}
		if again, dropped := ConfWithoutPlace(out); again != out || len(dropped) > 0 {
			t.Errorf("a second time gave %q", again)
		}
	}
}
