package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// A heading of a page, with the anchor that GitHub gives it.
type heading struct {
	level  int
	text   string
	anchor string
}

var (
	headingLine = regexp.MustCompile(`^(#+) +(.*?) *$`)
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	inlineCode  = regexp.MustCompile("`[^`]*`")
)

// A section is a heading and the text below it, down to the next heading. The text
// above the first heading is a section of level 0.
type section struct {
	heading
	page  string
	prose []string // the lines outside blocks of code, the heading's line included
	code  string   // the blocks of code, indented or fenced, one below the other
}

// readSections returns the sections of a page, in order.
func readSections(t *testing.T, path string) []section {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sections := []section{{page: path}}
	seen, fenced := map[string]int{}, false
	for line := range strings.Lines(string(text)) {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if fence || fenced || strings.HasPrefix(line, "    ") {
			fenced = fenced != fence
			sections[len(sections)-1].code += line
			continue
		}
		sections[len(sections)-1].endBlock()
		line = strings.TrimRight(line, "\n")
		if found := headingLine.FindStringSubmatch(line); found != nil {
			sections = append(sections, section{heading: headingOf(found, seen), page: path})
		}
		at := &sections[len(sections)-1]
		at.prose = append(at.prose, line)
	}
	return sections
}

// endBlock leaves one empty line below a block of code.
func (s *section) endBlock() {
	if s.code != "" && !strings.HasSuffix(s.code, "\n\n") {
		s.code += "\n"
	}
}

// headingOf makes a heading of its line, as headingLine has matched it. The map
// counts the anchors above it.
func headingOf(found []string, seen map[string]int) heading {
	slug := slugOf(found[2])
	anchor := slug
	if seen[slug] > 0 {
		anchor = fmt.Sprintf("%s-%d", slug, seen[slug])
	}
	seen[slug]++
	return heading{len(found[1]), strings.ReplaceAll(found[2], "`", ""), anchor}
}

// readPage returns the headings of a page and its lines, without those of blocks of
// code.
func readPage(t *testing.T, path string) (headings []heading, lines []string) {
	t.Helper()
	for _, section := range readSections(t, path) {
		if lines = append(lines, section.prose...); section.level > 0 {
			headings = append(headings, section.heading)
		}
	}
	return headings, lines
}

// slugOf is the anchor that GitHub makes of a heading: letters, digits, - and _ stay,
// in lower case, and each blank becomes a dash.
func slugOf(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// textsAt returns the texts of the headings of one level.
func textsAt(headings []heading, level int) []string {
	var found []string
	for _, h := range headings {
		if h.level == level {
			found = append(found, h.text)
		}
	}
	return found
}

// allPages returns the paths of all pages of the documentation, in both languages.
func allPages(t *testing.T) []string {
	t.Helper()
	var pages []string
	for _, pattern := range []string{"../README*.md", "*.md", "*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	return pages
}

func TestEveryLinkOfTheDocumentationLeadsSomewhere(t *testing.T) {
	for _, page := range append(allPages(t), "../compose/examples/README.md") {
		_, lines := readPage(t, page)
		for _, target := range link.FindAllStringSubmatch(inlineCode.ReplaceAllString(strings.Join(lines, "\n"), ""), -1) {
			if !strings.Contains(target[1], "://") {
				checkLink(t, page, target[1])
			}
		}
	}
}

// checkLink reports a link whose file or anchor does not exist.
func checkLink(t *testing.T, page, target string) {
	t.Helper()
	path, anchor, anchored := strings.Cut(target, "#")
	file := page
	if path != "" {
		file = filepath.Join(filepath.Dir(page), path)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("%s links to %s: %v", page, target, err)
		return
	}
	if !anchored {
		return
	}
	headings, _ := readPage(t, file)
	if !slices.ContainsFunc(headings, func(h heading) bool { return h.anchor == anchor }) {
		t.Errorf("%s links to %s, which is no heading", page, target)
	}
}

func TestTheTroubleshootingPageFitsAScreen(t *testing.T) {
	const widest = 160
	for _, page := range []string{troubleshooting, twinOf(troubleshooting)} {
		_, lines := readPage(t, page)
		for _, line := range lines {
			if len([]rune(line)) > widest {
				t.Errorf("%s: %d characters: %s", page, len([]rune(line)), line)
			}
		}
	}
}
