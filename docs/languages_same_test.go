package docs_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	firstCell = regexp.MustCompile("^\\|((?:`[^`]*`|[^|`])*)\\|")
	number    = regexp.MustCompile(`[0-9]+`)
)

func TestBothLanguagesHaveTheSameTables(t *testing.T) {
	eachSection(t, func(t *testing.T, english, spanish section) {
		if got, want := firstColumns(spanish.prose), firstColumns(english.prose); !slices.Equal(got, want) {
			t.Errorf("below %q: got rows %q, want %q", spanish.text, got, want)
		}
	})
}

// firstColumns returns the code in the first cell of each row of each table, and ""
// where a table ends.
func firstColumns(prose []string) []string {
	var rows []string
	for _, line := range prose {
		if cell := firstCell.FindStringSubmatch(line); cell != nil {
			rows = append(rows, "| "+strings.Join(inlineCode.FindAllString(cell[1], -1), " "))
		} else if len(rows) > 0 && rows[len(rows)-1] != "" {
			rows = append(rows, "")
		}
	}
	return rows
}

// A sentence that was changed in only one language is found by the code, the numbers
// and the links in it.
func TestBothLanguagesNameTheSameThings(t *testing.T) {
	for what, named := range map[string]func(*testing.T, section) []string{"code": codeOf, "numbers": numbersOf, "links": linksOf} {
		t.Run(what, func(t *testing.T) {
			eachSection(t, func(t *testing.T, english, spanish section) {
				got, want := named(t, spanish), named(t, english)
				if missing, added := without(want, got), without(got, want); len(missing)+len(added) > 0 {
					t.Errorf("below %q: Spanish is missing %q and adds %q", spanish.text, missing, added)
				}
			})
		})
	}
}

// without returns the words that are not among others.
func without(words, others []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return slices.Contains(others, word) })
}

// codeOf returns what is between backquotes.
func codeOf(_ *testing.T, s section) []string {
	return inlineCode.FindAllString(strings.Join(s.prose, "\n"), -1)
}

// numbersOf returns the numbers of a text, without those of its code and links.
func numbersOf(_ *testing.T, s section) []string {
	text := inlineCode.ReplaceAllString(strings.Join(s.prose, "\n"), "")
	return number.FindAllString(link.ReplaceAllString(text, ""), -1)
}

// linksOf returns the targets of the links of a text, without the line that leads to
// the other language.
func linksOf(t *testing.T, s section) []string {
	t.Helper()
	var found []string
	for _, line := range s.prose {
		if strings.HasPrefix(line, "English · ") || strings.HasSuffix(line, " · Español") {
			continue
		}
		for _, target := range link.FindAllStringSubmatch(inlineCode.ReplaceAllString(line, ""), -1) {
			found = append(found, placeOf(t, s.page, target[1]))
		}
	}
	return found
}

// placeOf says where a link leads, with the same result for both languages: the
// English file, and the number of the heading in it.
func placeOf(t *testing.T, page, target string) string {
	t.Helper()
	path, anchor, anchored := strings.Cut(target, "#")
	if strings.Contains(target, "://") {
		return target
	}
	file := page
	if path != "" {
		file = filepath.Join(filepath.Dir(page), path)
	}
	place := inEnglish(page, file)
	if !anchored {
		return place
	}
	headings, _ := readPage(t, file)
	return fmt.Sprintf("%s, heading %d", place, slices.IndexFunc(headings, func(h heading) bool { return h.anchor == anchor })+1)
}

// inEnglish is the English twin of a file that a page links to. Where a Spanish page
// links to an English one that has a Spanish twin, the result says so, because that
// link is wrong.
func inEnglish(page, file string) string {
	if isSpanish(file) {
		return twinOf(file)
	}
	if isSpanish(page) && exists(twinOf(file)) {
		return file + " in English"
	}
	return file
}
