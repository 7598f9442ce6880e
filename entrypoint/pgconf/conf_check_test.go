package pgconf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatPostgresDoesNotLookForIsFound(t *testing.T) {
	dir, lib := t.TempDir(), t.TempDir()
	for _, file := range []string{dir + "/server.crt", dir + "/server.key", lib + "/here.so", lib + "/plugins/safe.so"} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ users, auto, args, want string }{
		{users: "shared_preload_libraries = 'here, nolib'\n", want: "line 1: shared_preload_libraries names nolib, and no such library is in " + lib},
		{users: "a=1\nshared_preload_libraries = 'here'\nsession_preload_libraries = '$libdir/here'\nlocal_preload_libraries = safe\n"},
		{users: "local_preload_libraries = 'here'\n", want: "line 1: local_preload_libraries names here"},
		{users: "shared_preload_libraries = '$libdir/plugins/safe," + lib + "/here.so'\n"},
		{users: "dynamic_library_path = '/nowhere:" + lib + "'\nshared_preload_libraries = here\n"},
		{users: "dynamic_library_path = '/nowhere'\nshared_preload_libraries = here\n", want: "line 2"},
		{users: "shared_preload_libraries = nolib\nshared_preload_libraries = here\n"},
		{users: "shared_preload_libraries = nolib\n", auto: "shared_preload_libraries = 'here'\n"},
		{users: "shared_preload_libraries = nolib\n", args: "-c shared_preload_libraries=here"},
		{users: "shared_preload_libraries = nolib\ninclude 'more.conf'\n"},
		{users: "ssl = on\n"},
		{users: "ssl = on\nssl_key_file = 'other.key'\n", want: "line 2: ssl_key_file is other.key, and that is not there"},
		{users: "ssl = on\nssl_key_file = '/final/server.key'\n"},
		{users: "ssl = off\nssl_key_file = 'other.key'\n"},
		{users: "ssl_ca_file = '/nowhere'\n", args: "--ssl=on", want: "line 1: ssl_ca_file"},
		{users: "hba_file = '/etc/postgresql/13/main/pg_hba.conf'\n", want: "line 1: hba_file is /etc/postgresql/13/main/pg_hba.conf"},
		{users: "ident_file = 'server.crt'\n"},
		{users: "logging_collector = on\n"}, // log, beside the data
		{users: "log_directory = '/nowhere/log'\n"},
		{users: "logging_collector = on\nlog_directory = '/final/'\nlog_filename = 'made/a.log'\n", want: "line 3: the log is to be in " + dir + "/made, and the server cannot write there: no such file"},
		{users: "logging_collector = on\nlog_directory = '/nowhere/log'\n", want: "line 2: the log is to be in /nowhere/log, and the server cannot write there: no such file"},
		{users: "a = 1\nlogging_collector = yes\nlog_directory = 'a/b'\n", want: "line 3: the log is to be in " + dir + "/a/b, and the server cannot write there: no such file"},
		{users: "wal_level = minimal\n", want: "line 1: with wal_level = minimal"},
		{users: "wal_level = minimal\nmax_wal_senders = 0\n"},
		{users: "max_connections = 3\n", want: "line 1: max_connections is 3, and superuser_reserved_connections keeps 3"},
		{users: "max_connections = 4\n"},
	} {
		var got []string
		for _, e := range (Conf{Dir: dir, Final: "/final", LibDir: lib, Before: ManagedConf(0), Text: c.users, After: c.auto, Args: strings.Fields(c.args)}).Check() {
			got = append(got, e.Error())
		}
		if report := strings.Join(got, "\n"); !strings.HasPrefix(report, c.want) || c.want == "" && report != "" || len(got) > 1 {
			t.Errorf("%q %q %q: got %q, want %q", c.users, c.auto, c.args, report, c.want)
		}
	}
}

func TestALineIsNumberedAsInTheMountedFile(t *testing.T) {
	block := ManagedConf(0)
	mounted := "a = 1\n" + block + "b = 2\n"
	behind := strings.Count(block, "\n")
	for line, want := range map[int]int{0: 0, 1: 0, behind: 0, behind + 1: 1, behind + 2: 2 + behind, behind + 3: 0} {
		if got := MountedLine(block, mounted, line); got != want {
			t.Errorf("line %d: got %d, want %d", line, got, want)
		}
	}
}
