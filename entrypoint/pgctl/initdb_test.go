package pgctl

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestInitDBTakesTheUsersArguments(t *testing.T) {
	args := fake(t, "")
	err := InitDB{Dir: "/v/init-1", Superuser: "my admin", Args: `--locale=C -k --auth-host="scram-sha-256"`}.Run(context.Background(), silent)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"initdb", "--pgdata=/v/init-1", "--username=my admin", "--data-checksums", "--auth=trust", "--no-sync",
		"--pwfile=/dev/stdin", "--locale=C", "-k", "--auth-host=scram-sha-256"}
	if got := args(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShellWords(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, "  a  b\tc\n": {"a", "b", "c"}, `'a b' "c d"`: {"a b", "c d"}, `a\ b`: {"a b"}, `'' x`: {"", "x"}, `"a'b"`: {"a'b"}, `--x='y z'`: {"--x=y z"},
	} {
		if got, err := shellWords(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{`'a`, `"a`, `a\`} {
		if got, err := shellWords(text); err == nil {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestArgumentsThatMakeNoClusterHereAreRefused(t *testing.T) {
	for text, good := range map[string]bool{
		"": true, "--locale=es_ES.UTF-8 -k": true, "--locale C --data-checksums": true, "-E UTF8 -A md5": true, "-kE UTF8": true, "--wal-segsize 16": true,
		"-c 'shared_buffers=1GB' -X /wal": true, "--lc-collate C": true, "--locale='C": false, `--locale=C\\`: false, "hunter2": false, "-k hunter2": false,
		"--locale=C hunter2": false, "-D /elsewhere": false, "--pgdata=/elsewhere": false, "-kD/elsewhere": false, "-Ume": false, "--username me": false,
		"--help": false, "-V": false, "--show": false, "-kS": false, "-W": false, "-": false,
	} {
		what := CheckInitDBArgs(strings.ReplaceAll(text, `\\`, `\`))
		if (what == "") != good || strings.Contains(what, "hunter2") {
			t.Errorf("%q: got %q", text, what)
		}
	}
}

// TestInitdbsOwnRefusalIsAMistakeOfTheEnvironment has initdb fail before it makes
// anything, and after.
func TestInitdbsOwnRefusalIsAMistakeOfTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		fake, args string
		mistake    bool
	}{{"fail", "--foo", true}, {"fail", "", false}, {"late", "--foo", false}, {"unrecognized", "--foo", true}} {
		fake(t, c.fake)
		err := InitDB{Dir: t.TempDir() + "/d", Superuser: "postgres", Args: c.args}.Run(t.Context(), silent)
		fault, is := errors.AsType[*pg.Fault](err)
		if is != c.mistake || err == nil {
			t.Errorf("%s %q: got %v", c.fake, c.args, err)
		}
		said := map[string]string{"fail": "initdb: error: what is wrong", "unrecognized": "first line"}[c.fake]
		if is && (fault.Exit != 78 || fault.Text != "POSTGRES_INITDB_ARGS is not what initdb takes: "+said || !strings.Contains(fault.Fix, "docker compose")) {
			t.Errorf("got %+v", fault)
		}
	}
}
