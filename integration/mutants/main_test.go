package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// TestEveryMutantFits is cheap; whether each is caught, make mutants says.
func TestEveryMutantFits(t *testing.T) {
	names := map[string]bool{}
	for _, m := range mutants {
		text, err := m.changed(root)
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.file, text, parser.SkipObjectResolution); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
		if names[m.name] || m.old == m.new {
			t.Errorf("%s: there is another one of this name, or it changes nothing", m.name)
		}
		if names[m.name] = true; !hasTest(t, filepath.Join(root, m.folder()), m.test) {
			t.Errorf("%s: %s has no test %s", m.name, m.folder(), m.test)
		}
	}
}

func hasTest(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+name+"(t *testing.T) {") {
			return true
		}
	}
	return false
}

func TestWhatBecomesOfAMutantIsSaid(t *testing.T) {
	module := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module m\n\ngo 1.26\n",
		"a.go":   "package a\n\nfunc two() int { return 2 }\n",
		"a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestTwo(t *testing.T) {\n\tif two() < 2 {\n\t\tt.Error(\"less than two\")\n\t}\n}\n\n" +
			"func TestSkips(t *testing.T) { t.Skip(\"needs strace\") }\n\nfunc TestFails(t *testing.T) { t.Error(\"broken\") }\n",
	} {
		if err := os.WriteFile(filepath.Join(module, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	err := run(&out, module, []mutant{
		{"one", "a.go", "return 2", "return 1", "TestTwo", ""},
		{"three", "a.go", "return 2", "return 3", "TestTwo", ""},
		{"nothing", "a.go", "return 2", "", "TestTwo", ""},
		{"strange", "a.go", "return 4", "return 1", "TestTwo", ""},
		{"twice", "a.go", "t", "", "TestTwo", ""},
		{"skipped", "a.go", "return 2", "return 1", "TestSkips", ""},
		{"broken", "a.go", "return 2", "return 1", "TestFails", ""},
		{"untested", "a.go", "return 2", "return 1", "TestThree", ""},
	})
	if err == nil || err.Error() != "not caught: 7" {
		t.Errorf("got %v", err)
	}
	times := regexp.MustCompile(` +[0-9.]+ s  |, in [0-9]+s\n`)
	said := times.ReplaceAllString(out.String(), " ")
	for _, want := range []string{"caught one, in a.go\n", "LIVES three, in a.go\n", "DOES NOT COMPILE nothing, in a.go: a.go:3:19: missing return\n",
		"DOES NOT FIT strange, in a.go: \"return 4\" stands there 0 times\n", "DOES NOT FIT twice, in a.go: \"t\" stands there 3 times\n",
		"NOT TRIED skipped, in a.go: a_test.go:11: needs strace\n", "FAILS WITHOUT IT broken, in a.go: TestFails\n",
		"FAILS WITHOUT IT untested, in a.go: TestThree: there is no such test\n", "1 of 8 mutants were caught"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not in\n%s", want, said)
		}
	}
	if err := run(&out, module, choose(mutants, "no such name")); err == nil {
		t.Errorf("no mutant: got %v", err)
	}
}
