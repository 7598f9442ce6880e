package pg

import "strings"

// PassfilePassword is the password in a line that PassfileLine wrote.
func PassfilePassword(line string) string {
	fields, escaped := []string{""}, false
	for _, r := range strings.TrimSuffix(line, "\n") {
		last := len(fields) - 1
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && r == ':':
			fields = append(fields, "")
		default:
			fields[last] += string(r)
		}
		escaped = false
	}
	if len(fields) != 5 {
		return ""
	}
	return fields[4]
}
