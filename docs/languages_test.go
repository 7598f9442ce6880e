package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// englishOnly are the pages that need no Spanish twin: one that is generated from the
// program's source, and one that only its developers read.
var englishOnly = []string{"configuration.md", "torture.md"}

// printed matches a heading that the program prints: a message, or the id of a check.
var printed = regexp.MustCompile("^#+ +(`.*`|[a-z]+(-[a-z]+)*)$")

// isSpanish says whether a page is the Spanish one of its pair.
func isSpanish(page string) bool {
	return strings.HasSuffix(page, ".es.md") || filepath.Base(filepath.Dir(page)) == "es"
}

// twinOf is the same page in the other language.
func twinOf(page string) string {
	folder, name := filepath.Split(page)
	switch {
	case name == "README.md":
		return folder + "README.es.md"
	case name == "README.es.md":
		return folder + "README.md"
	case isSpanish(page):
		return filepath.Join(folder, "..", name)
	}
	return filepath.Join(folder, "es", name)
}

// eachPair runs a test on each English page and its Spanish twin.
func eachPair(t *testing.T, compare func(t *testing.T, page, twin string)) {
	t.Helper()
	for _, page := range allPages(t) {
		if !isSpanish(page) && exists(twinOf(page)) {
			t.Run(filepath.Base(page), func(t *testing.T) { compare(t, page, twinOf(page)) })
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// eachSection runs a test on each section of an English page and the same one of its
// Spanish twin. It is skipped where the headings differ, which
// TestBothLanguagesHaveTheSameHeadings reports.
func eachSection(t *testing.T, compare func(t *testing.T, english, spanish section)) {
	t.Helper()
	eachPair(t, func(t *testing.T, page, twin string) {
		english, spanish := readSections(t, page), readSections(t, twin)
		if !slices.EqualFunc(english, spanish, sameHeading) {
			t.Skip("the headings differ")
		}
		for i := range english {
			compare(t, english[i], spanish[i])
		}
	})
}

func TestBothLanguagesHaveTheSameHeadings(t *testing.T) {
	eachPair(t, func(t *testing.T, page, twin string) {
		english, spanish := readSections(t, page), readSections(t, twin)
		for i := range min(len(english), len(spanish)) {
			if !sameHeading(english[i], spanish[i]) {
				t.Fatalf("%s has %q where %s has %q", twin, spanish[i].prose[0], page, english[i].prose[0])
			}
		}
		if len(english) != len(spanish) {
			t.Errorf("%s has %d headings, %s has %d", page, len(english)-1, twin, len(spanish)-1)
		}
	})
}

// sameHeading says whether two headings have the same level and, where the program
// prints them, the same text: a person searches for that text in either language.
func sameHeading(english, spanish section) bool {
	if english.level == 0 || english.level != spanish.level {
		return english.level == spanish.level
	}
	line, other := english.prose[0], spanish.prose[0]
	return line == other || !printed.MatchString(line) && !printed.MatchString(other)
}

func TestEveryPageIsThereInBothLanguages(t *testing.T) {
	for _, page := range allPages(t) {
		if !exists(twinOf(page)) && !slices.Contains(englishOnly, page) {
			t.Errorf("%s is in one language; %s is missing", page, twinOf(page))
		}
	}
}

func TestEveryPageBeginsWithTheWayToTheOtherLanguage(t *testing.T) {
	eachPair(t, func(t *testing.T, page, twin string) {
		for path, want := range map[string]string{
			page: "English · [Español](" + relativePath(t, page, twin) + ")",
			twin: "[English](" + relativePath(t, twin, page) + ") · Español",
		} {
			if _, lines := readPage(t, path); len(lines) < 3 || lines[1] != "" || lines[2] != want {
				t.Errorf("%s does not have %q below its title", path, want)
			}
		}
	})
}

// relativePath is the path from one page to another.
func relativePath(t *testing.T, page, other string) string {
	t.Helper()
	path, err := filepath.Rel(filepath.Dir(page), other)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Comments in a block of code count too: they are not translated, so that both pages
// have the same commands, as they were tried.
func TestBothLanguagesTypeTheSameCommands(t *testing.T) {
	eachSection(t, func(t *testing.T, english, spanish section) {
		if english.code != spanish.code {
			t.Errorf("below %q: got\n%swant\n%s", spanish.text, spanish.code, english.code)
		}
	})
}
