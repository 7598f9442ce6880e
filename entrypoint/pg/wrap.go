package pg

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks text between words into lines of width characters. The first line
// begins with prefix, the others are indented as far.
func Wrap(prefix, text string, width int) []string {
	lines := []string{prefix}
	indent := strings.Repeat(" ", utf8.RuneCountInString(prefix))
	for i, word := range strings.Fields(text) {
		last := len(lines) - 1
		switch {
		case i == 0:
			lines[last] += word
		case utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) > width:
			lines = append(lines, indent+word)
		default:
			lines[last] += " " + word
		}
	}
	return lines
}
