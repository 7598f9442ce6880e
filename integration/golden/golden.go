package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shown is how many lines are printed, beginning with the first one that differs.
const shown = 30

// Update says whether the golden files are to be written anew.
func Update() bool { return *update }

// Compare fails the test where got differs from the file at path, and prints both
// from the first difference to the last. With -update it writes the file and its
// folder first.
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
		line, gotRest, wantRest := firstDifference(got, string(want))
		t.Errorf("%s has changed, -update writes it anew. From line %d on, got\n%s\nwant\n%s", path, line, gotRest, wantRest)
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

// firstDifference is the number of the first line in which two texts differ, and the
// beginning of each from that line on, without the end that both have.
func firstDifference(got, want string) (line int, gotRest, wantRest string) {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for line < min(len(gotLines), len(wantLines)) && gotLines[line] == wantLines[line] {
		line++
	}
	for len(gotLines) > line && len(wantLines) > line && gotLines[len(gotLines)-1] == wantLines[len(wantLines)-1] {
		gotLines, wantLines = gotLines[:len(gotLines)-1], wantLines[:len(wantLines)-1]
	}
	return line + 1, beginning(gotLines[line:]), beginning(wantLines[line:])
}

// beginning is as many lines as are printed.
func beginning(lines []string) string {
	if len(lines) > shown {
		lines = append(lines[:shown:shown], "…")
	}
	return strings.Join(lines, "\n")
}
