package pg

import "strings"

// PassfilePassword is the password in a line that PassfileLine wrote, or "" where the
// line has another form. The library jackc/pgpassfile cuts blanks off the end of a
// password, and libpq does not.
func PassfilePassword(line string) string {
	const colon = "\x00" // no password has one
	text := strings.NewReplacer(`\\`, `\`, `\:`, colon).Replace(strings.TrimSuffix(line, "\n"))
	fields := strings.Split(text, ":")
	if len(fields) != 5 {
		return ""
	}
	return strings.ReplaceAll(fields[4], colon, ":")
}
