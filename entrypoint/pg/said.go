package pg

import (
	"strings"
	"unicode"
)

// mostSaid is how many characters of a stranger's text are repeated.
const mostSaid = 1000

// Said makes one line of what a server or a program said, for a log or a terminal:
// line breaks become semicolons, what does not print, or would turn the direction
// of writing, becomes a question mark, and a long text is cut.
func Said(text string) string {
	var line strings.Builder
	count, broken := 0, false
	for _, r := range strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) {
		if count++; count > mostSaid {
			return line.String() + "…"
		}
		switch {
		case r == '\n' && broken: // an empty line
		case r == '\n':
			line.WriteString("; ")
		case r == '\t':
			line.WriteByte(' ')
		case !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r):
			line.WriteByte('?')
		default:
			line.WriteRune(r)
		}
		broken = r == '\n'
	}
	return line.String()
}
