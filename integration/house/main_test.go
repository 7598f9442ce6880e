package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const small = `package small

import "pgreplica/entrypoint/pg"

type Big struct{}
type small[T any] struct{}

const A, b = 1, 2

func (*Big) One() {
	_ = pg.Primary
}
func (Big) two()       {}
func (small[T]) One()  {}
func Exported()        {}
`

func TestAPackageIsMeasured(t *testing.T) {
	t.Chdir(t.TempDir())
	for path, text := range map[string]string{"entrypoint/small/a.go": small, "entrypoint/small/a_test.go": "package small\n",
		"entrypoint/small/long.go": "package small\n" + strings.Repeat("\n", longFile)} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := `package           lines  files  exported  functions  median  longest  largest type  imports of ours
entrypoint/small  216    2      4         4          1       3        Big 2         entrypoint/pg
1 packages        216    2      4         4          1       3

longest functions  lines
small.Big.One      3  entrypoint/small/a.go:10
small.Big.two      1  entrypoint/small/a.go:13
small.Exported     1  entrypoint/small/a.go:15
small.small.One    1  entrypoint/small/a.go:14

files over 200 lines      lines
entrypoint/small/long.go  201
`
	var got strings.Builder
	if err := run(&got, "entrypoint"); err != nil || got.String() != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, got.String(), want)
	}
}
