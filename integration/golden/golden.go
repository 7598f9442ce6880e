// Package golden compares what a test got with a file that a person has read.
// With -update the file is written anew: the difference is then reviewed as the
// change itself.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shown is how many lines are printed from the first one on that differs.
const shown = 30

// Update says whether the files are to be written anew.
func Update() bool { return *update }

// Compare reports where the text differs from the file at path. With -update it
// writes the file first, and its folder.
func Compare(t *testing.T, path, got string) {
	t.Helper()
	if Update() {
		write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	if got != string(want) {
		line, ours, theirs := difference(got, string(want))
		t.Errorf("%s has changed, -update writes it anew. From line %d on, got\n%s\nwant\n%s", path, line, ours, theirs)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// difference is the number of the first line that two texts do not share, and
// what stands there in each.
func difference(got, want string) (line int, ours, theirs string) {
	these, those := strings.Split(got, "\n"), strings.Split(want, "\n")
	for line < min(len(these), len(those)) && these[line] == those[line] {
		line++
	}
	return line + 1, beginning(these[line:]), beginning(those[line:])
}

// beginning is as much of a text as is printed.
func beginning(lines []string) string {
	if len(lines) > shown {
		lines = append(lines[:shown:shown], "…")
	}
	return strings.Join(lines, "\n")
}
