package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkTexts finds what is wrong with the text of a value, before anything is made
// of the value. It takes such values out of given, so that no later check finds
// fault with them too. No message repeats a text that may be a password in the
// wrong place, such as one in a URL.
func checkTexts(given map[string]string, settings []Setting, found *mistakes) {
	for _, s := range settings {
		value, set := given[s.Name]
		if !set {
			continue
		}
		if lower := strings.ToLower(value); slices.Contains(s.Values, lower) {
			value, given[s.Name] = lower, lower
		}
		id := "env-placeholder"
		what, remedy := holdsPlaceholder(s, value)
		if what == "" {
			id = "env-value"
			what, remedy = wrongText(s, value)
		}
		if what != "" {
			found.put(Mistake{ID: id, Variable: s.Name, What: what, Remedy: remedy})
			delete(given, s.Name)
		}
	}
}

// placeholders are those in the files of the earlier project.
var placeholders = []string{"IP_HERE", "PORT_HERE", "IP_DEL_MASTER", "PUERTO_DEL_MASTER", "PUERTO_HERE", "IP_SERVER_SLAVE"}

// lists are the variables whose value may have several lines.
var lists = []string{"POSTGRES_INITDB_ARGS", "REPLICATION_ALLOW", "PEERS"}

// holdsPlaceholder finds a placeholder in a value that was copied from an example.
// Both texts are empty where there is none.
func holdsPlaceholder(s Setting, value string) (what, remedy string) {
	if s.Secret {
		lower := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(value))
		if lower == "changeme" || lower == "changeit" || slices.Contains(placeholders, value) || value[0] == '<' && value[len(value)-1] == '>' {
			return "still holds a placeholder", "Choose a password; pgreplica settings --random prints random ones."
		}
		return "", ""
	}
	for _, placeholder := range placeholders {
		if strings.Contains(value, placeholder) {
			return "still holds the placeholder " + placeholder, "Replace it: " + s.Meaning + "."
		}
	}
	if _, after, found := strings.Cut(value, "<"); found && strings.Contains(after, ">") {
		return "still holds a placeholder in < and >", "Replace it: " + s.Meaning + "."
	}
	return "", ""
}

// wrongText finds any other reason why a value cannot be used. Both texts are empty
// where there is none.
func wrongText(s Setting, value string) (what, remedy string) {
	if s.Secret {
		if strings.ContainsAny(value, "\x00\r\n") {
			return "holds a line break or a NUL byte", "Write the password on one line; editors of Windows end a line with CR LF."
		}
		return "", ""
	}
	if isQuoted(value) {
		return "is in quotes", "Write it without them: docker run --env-file keeps quotes as part of the value."
	}
	if slices.Contains(lists, s.Name) {
		value = strings.Join(strings.Fields(value), " ")
	}
	if !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
		return "holds a character that does not print", "Write it again by hand, on one line."
	}
	if len(s.Values) > 0 && !slices.Contains(s.Values, value) {
		return fmt.Sprintf("%q is not known", value), "Write " + orList(s.Values) + "."
	}
	switch s.Name {
	case "MASTER_PORT":
		return wrongPort(value)
	case "PG_MAJOR":
		if n, err := strconv.Atoi(value); err != nil || n < 1 || strconv.Itoa(n) != value {
			return fmt.Sprintf("%q is not a major version", value), "Leave it as the base image sets it."
		}
	}
	return "", ""
}

// isQuoted reports whether one pair of quotes encloses the whole value.
func isQuoted(value string) bool {
	quote := value[:1]
	return (quote == `"` || quote == "'") && strings.HasSuffix(value, quote) && strings.Count(value, quote) == 2
}

// wrongPort reads digits alone: strconv would take 05432 for an octal number.
func wrongPort(value string) (what, remedy string) {
	if strings.HasPrefix(value, "tcp://") {
		return "was set by a Docker link or by Kubernetes, for a service called master", "Set it yourself, or call that service otherwise."
	}
	if n, err := strconv.ParseUint(value, 10, 16); err != nil || n == 0 || strconv.FormatUint(n, 10) != value {
		return fmt.Sprintf("%q is not a port", value), "Write a number from 1 to 65535."
	}
	return "", ""
}

func orList(values []string) string {
	last := len(values) - 1
	return strings.Join(values[:last], ", ") + " or " + values[last]
}
