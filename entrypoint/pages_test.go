package entrypoint

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

// readPage returns the headings of a page and its lines, without those of blocks of
// code.
func readPage(t *testing.T, path string) (headings []heading, lines []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seen, code := map[string]int{}, false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
			continue
		}
		if code || strings.HasPrefix(line, "    ") {
			continue
		}
		lines = append(lines, line)
		if found := headingLine.FindStringSubmatch(line); found != nil {
			slug := slugOf(found[2])
			anchor := slug
			if seen[slug] > 0 {
				anchor = fmt.Sprintf("%s-%d", slug, seen[slug])
			}
			seen[slug]++
			headings = append(headings, heading{len(found[1]), strings.ReplaceAll(found[2], "`", ""), anchor})
		}
	}
	return headings, lines
}

// slugOf is GitHub's rule: letters, digits, - and _ stay, in lower case, and
// each blank becomes a dash.
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

// texts are those of one level.
func texts(headings []heading, level int) []string {
	var found []string
	for _, h := range headings {
		if h.level == level {
			found = append(found, h.text)
		}
	}
	return found
}

func TestEveryLinkOfTheDocumentationLeadsSomewhere(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../README.md") {
		_, lines := readPage(t, page)
		for _, target := range link.FindAllStringSubmatch(inlineCode.ReplaceAllString(strings.Join(lines, "\n"), ""), -1) {
			if !strings.Contains(target[1], "://") {
				follow(t, page, target[1])
			}
		}
	}
}

// follow reports a link whose file or anchor is not there.
func follow(t *testing.T, page, target string) {
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
	_, lines := readPage(t, troubleshooting)
	for _, line := range lines {
		if len([]rune(line)) > widest {
			t.Errorf("%d characters: %s", len([]rune(line)), line)
		}
	}
}
