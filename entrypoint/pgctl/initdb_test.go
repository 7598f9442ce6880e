package pgctl

import (
	"context"
	"slices"
	"testing"
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
