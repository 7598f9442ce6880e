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

// firstColumns returns the code in the first cell of each row, and "" where a
// table ends.
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

// A sentence that was changed in one language alone is found by what it names.
func TestBothLanguagesNameTheSameThings(t *testing.T) {
	for what, named := range map[string]func(*testing.T, section) []string{"code": codeOf, "numbers": numbersOf, "links": linksOf} {
		t.Run(what, func(t *testing.T) {
			eachSection(t, func(t *testing.T, english, spanish section) {
				got, want := named(t, spanish), named(t, english)
				if lacks, adds := without(want, got), without(got, want); len(lacks)+len(adds) > 0 {
					t.Errorf("below %q: Spanish lacks %q and adds %q", spanish.text, lacks, adds)
				}
			})
		})
	}
}

// without returns the words that others do not hold.
func without(words, others []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return slices.Contains(others, word) })
}

// codeOf returns what stands between backquotes.
func codeOf(_ *testing.T, s section) []string {
	return inlineCode.FindAllString(strings.Join(s.prose, "\n"), -1)
}

// numbersOf returns the numbers of a text, without those of its code and links.
func numbersOf(_ *testing.T, s section) []string {
	text := inlineCode.ReplaceAllString(strings.Join(s.prose, "\n"), "")
	return number.FindAllString(link.ReplaceAllString(text, ""), -1)
}

// linksOf returns where a text leads, without the way to the other language.
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

// placeOf says where a link leads, in the same words for both languages: the file
// that is English, and the number of the heading there.
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

// inEnglish names the English twin of a file that a page links to. A Spanish page
// that leads to English, where there is Spanish, leads somewhere else.
func inEnglish(page, file string) string {
	if spanish(file) {
		return twinOf(file)
	}
	if spanish(page) && exists(twinOf(file)) {
		return file + " in English"
	}
	return file
}
