package pgconf

import (
	"path/filepath"
	"slices"
	"strings"
)

// CheckHBA finds every line of a pg_hba.conf that a major version of PostgreSQL
// does not accept. Files that it includes are read too, relative paths from
// dir.
func CheckHBA(text string, major int, dir string) []HBAError {
	c := hbaCheck{major: major, dir: dir}
	c.checkFile("", text, 0)
	return c.found
}

// An hbaCheck checks a pg_hba.conf and the files that it includes.
type hbaCheck struct {
	major int
	dir   string
	found []HBAError
}

// checkFile checks one file; depth is 0 for pg_hba.conf itself, and one more
// for each inclusion.
func (c *hbaCheck) checkFile(name, text string, depth int) {
	for number, line := range c.lines(text) {
		fields, open := splitHBA(line)
		if len(fields) == 0 {
			continue
		}
		what, near := c.checkNameFiles(fields)
		switch {
		case what != "":
		case c.major >= 16 && len(fields) == 2 && strings.HasPrefix(fields[0][0].text, "include"):
			what, near = c.checkInclude(fields[0][0].text, fields[1][0].text, depth)
		default:
			what, near = checkHBALine(fields, c.major)
		}
		if what != "" && open {
			what += " (a quote does not end)"
		}
		if what != "" {
			c.found = append(c.found, HBAError{name, number, what, near})
		}
	}
}

// lines are the lines of a file, each with the number of the line it begins on.
// From 14 on a backslash at the end continues a line in the next one, also a
// comment.
func (c *hbaCheck) lines(text string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		number, first, whole := 0, 1, ""
		for line := range strings.Lines(text) {
			number++
			line = strings.TrimRight(line, "\r\n")
			if begun, more := strings.CutSuffix(line, `\`); more && c.major >= 14 {
				whole += begun
				continue
			}
			if !yield(first, whole+line) {
				return
			}
			first, whole = number+1, ""
		}
		if whole != "" {
			yield(first, whole)
		}
	}
}

// checkNameFiles finds the first file of names, written as @file in a line,
// that does not exist.
func (c *hbaCheck) checkNameFiles(fields [][]hbaWord) (what, near string) {
	for _, field := range fields {
		for _, word := range field {
			name, refers := strings.CutPrefix(word.text, "@")
			if refers && !word.quoted && name != "" && !isReadable(c.pathOf(name)) {
				return noFile(c.pathOf(name)), word.text
			}
		}
	}
	return "", ""
}

// noFile says why a file that a line names cannot be used.
func noFile(path string) string {
	if why := unreadable(path); why != "" && why != "is not there" {
		return "the file " + path + " " + why
	}
	return "there is no file " + path
}

func (c *hbaCheck) pathOf(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.dir, path)
}

// checkInclude checks what a line includes, as far as PostgreSQL follows: ten deep.
func (c *hbaCheck) checkInclude(directive, name string, depth int) (what, near string) {
	const deepest = 10
	at := c.pathOf(name)
	files := []string{at}
	switch directive {
	case "include":
		if !isReadable(at) {
			return noFile(at), name
		}
	case "include_if_exists":
		if !isReadable(at) {
			return "", ""
		}
	case "include_dir":
		if !isFolder(at) {
			return "there is no folder " + at, name
		}
		files, _ = filepath.Glob(filepath.Join(at, "[^.]*.conf")) // an error only for a bad pattern
	default:
		return "there is no such connection type", directive
	}
	if depth == deepest {
		return "files include one another too deeply", name
	}
	for _, file := range files {
		c.checkFile(file, readAll(file), depth+1)
	}
	return "", ""
}

// checkHBALine returns what is wrong with one line, and near which word;
// nothing for a good line.
func checkHBALine(fields [][]hbaWord, major int) (what, near string) {
	kind := fields[0][0].text
	if len(fields[0]) > 1 {
		return "more than one connection type", kind
	}
	if kind != "local" && !slices.Contains(hostTypes, kind) {
		return "there is no such connection type", kind
	}
	if len(fields) < 3 {
		return "it ends before the " + [...]string{"database", "role"}[len(fields)-1], ""
	}
	for _, word := range slices.Concat(fields[1], fields[2]) {
		if what := checkRegexp(word, major); what != "" {
			return what, word.text
		}
	}
	rest := fields[3:]
	if kind != "local" {
		taken, what, near := checkHBAAddress(rest)
		if what != "" {
			return what, near
		}
		rest = rest[taken:]
	}
	if len(rest) == 0 {
		return "it ends before the authentication method", ""
	}
	if len(rest[0]) > 1 {
		return "more than one authentication method", rest[0][0].text
	}
	method := rest[0][0].text
	if what := checkHBAMethod(kind, method, major); what != "" {
		return what, method
	}
	return checkHBAOptions(kind, method, rest[1:], major)
}

// checkRegexp finds a regular expression with a parenthesis that does not end.
// From 16 on a name that begins with a slash is a regular expression. Other
// mistakes in it only PostgreSQL can find, because its syntax is not Go's.
func checkRegexp(word hbaWord, major int) string {
	expression, isRegexp := strings.CutPrefix(word.text, "/")
	plain := !strings.ContainsAny(expression, `\[`)
	if major >= 16 && isRegexp && plain && strings.Count(expression, "(") > strings.Count(expression, ")") {
		return "a parenthesis of the regular expression does not end"
	}
	return ""
}
