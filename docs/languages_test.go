package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// englishOnly are the pages that have no Spanish twin: a list of variables that is
// made from the program's own words, and what only who changes the program reads.
var englishOnly = []string{"configuration.md", "torture.md"}

// printed is a heading that a program prints: a message, or the id of a check.
var printed = regexp.MustCompile("^#+ +(`.*`|[a-z]+(-[a-z]+)*)$")

// spanish says whether a page is the Spanish one of its pair.
func spanish(page string) bool {
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
	case spanish(page):
		return filepath.Join(folder, "..", name)
	}
	return filepath.Join(folder, "es", name)
}

// eachPair runs a test on each English page and its Spanish twin.
func eachPair(t *testing.T, compare func(t *testing.T, page, twin string)) {
	t.Helper()
	for _, page := range documentation(t) {
		if !spanish(page) && exists(twinOf(page)) {
			t.Run(filepath.Base(page), func(t *testing.T) { compare(t, page, twinOf(page)) })
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// eachSection compares what a pair has below the same heading. Where the headings
// differ, their own test says so, and nothing has a counterpart.
func eachSection(t *testing.T, compare func(t *testing.T, english, spanish section)) {
	t.Helper()
	eachPair(t, func(t *testing.T, page, twin string) {
		ours, theirs := readSections(t, page), readSections(t, twin)
		if !slices.EqualFunc(ours, theirs, sameHeading) {
			t.Skip("the headings differ")
		}
		for i := range ours {
			compare(t, ours[i], theirs[i])
		}
	})
}

func TestBothLanguagesHaveTheSameHeadings(t *testing.T) {
	eachPair(t, func(t *testing.T, page, twin string) {
		ours, theirs := readSections(t, page), readSections(t, twin)
		for i := range min(len(ours), len(theirs)) {
			if !sameHeading(ours[i], theirs[i]) {
				t.Fatalf("%s has %q where %s has %q", twin, theirs[i].prose[0], page, ours[i].prose[0])
			}
		}
		if len(ours) != len(theirs) {
			t.Errorf("%s has %d headings, %s has %d", page, len(ours)-1, twin, len(theirs)-1)
		}
	})
}

// sameHeading says whether two headings are of one level and, where a program
// prints them, of one text: that is what a person searches for.
func sameHeading(english, spanish section) bool {
	if english.level == 0 || english.level != spanish.level {
		return english.level == spanish.level
	}
	ours, theirs := english.prose[0], spanish.prose[0]
	return ours == theirs || !printed.MatchString(ours) && !printed.MatchString(theirs)
}

func TestEveryPageIsThereInBothLanguages(t *testing.T) {
	for _, page := range documentation(t) {
		if !exists(twinOf(page)) && !slices.Contains(englishOnly, page) {
			t.Errorf("%s is in one language; %s is missing", page, twinOf(page))
		}
	}
}

func TestEveryPageBeginsWithTheWayToTheOtherLanguage(t *testing.T) {
	eachPair(t, func(t *testing.T, page, twin string) {
		for path, want := range map[string]string{
			page: "English · [Español](" + between(t, page, twin) + ")",
			twin: "[English](" + between(t, twin, page) + ") · Español",
		} {
			if _, lines := readPage(t, path); len(lines) < 3 || lines[1] != "" || lines[2] != want {
				t.Errorf("%s does not have %q below its title", path, want)
			}
		}
	})
}

// between is the way from one page to another.
func between(t *testing.T, page, other string) string {
	t.Helper()
	way, err := filepath.Rel(filepath.Dir(page), other)
	if err != nil {
		t.Fatal(err)
	}
	return way
}

// Comments inside a block are not excepted: whoever copies it has the same
// command from either page, and no translator's hand comes near what was tried.
func TestBothLanguagesTypeTheSameCommands(t *testing.T) {
	eachSection(t, func(t *testing.T, english, spanish section) {
		if english.code != spanish.code {
			t.Errorf("below %q: got\n%swant\n%s", spanish.text, spanish.code, english.code)
		}
	})
}
