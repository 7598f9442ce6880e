package pgconf

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// An HBAError is a line of pg_hba.conf that PostgreSQL does not accept. It does
// not start with one.
type HBAError struct {
	File string // another file, which this one includes; else empty
	Line int
	What string
	Near string // the word at fault; empty where that could be a secret
}

func (e HBAError) Error() string {
	text := fmt.Sprintf("line %d: %s", e.Line, e.What)
	if e.File != "" {
		text = e.File + " " + text
	}
	if e.Near != "" {
		text += fmt.Sprintf(" near %q", e.Near)
	}
	return text
}

// CheckHBA finds every line of a pg_hba.conf that a major version of PostgreSQL
// does not accept. What it includes is read relative to dir.
func CheckHBA(text string, major int, dir string) []HBAError {
	c := hbaCheck{major: major, dir: dir}
	c.file("", text, 0)
	return c.found
}

type hbaCheck struct {
	major int
	dir   string
	found []HBAError
}

// file checks a file, at some depth of inclusion.
func (c *hbaCheck) file(name, text string, depth int) {
	for number, line := range c.lines(text) {
		fields, open := splitHBA(line)
		if len(fields) == 0 {
			continue
		}
		what, near := c.secondary(fields)
		switch {
		case what != "":
		case c.major >= 16 && len(fields) == 2 && strings.HasPrefix(fields[0][0].text, "include"):
			what, near = c.include(fields[0][0].text, fields[1][0].text, depth)
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

// lines are the lines of a file with their numbers. From 14 on a backslash
// continues a line in the next one, also one that is a comment.
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

// secondary looks for the files of names that a line refers to, as @file.
func (c *hbaCheck) secondary(fields [][]hbaWord) (what, near string) {
	for _, field := range fields {
		for _, word := range field {
			name, refers := strings.CutPrefix(word.text, "@")
			if refers && !word.quoted && name != "" && !isReadable(c.at(name)) {
				return noFile(c.at(name)), word.text
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

func (c *hbaCheck) at(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.dir, path)
}

// include checks what a line includes, as far as PostgreSQL follows: ten deep.
func (c *hbaCheck) include(how, name string, depth int) (what, near string) {
	const deepest = 10
	at := c.at(name)
	files := []string{at}
	switch how {
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
		files, _ = filepath.Glob(filepath.Join(at, "[^.]*.conf")) // the pattern is a good one
	default:
		return "there is no such connection type", how
	}
	if depth == deepest {
		return "files include one another too deeply", name
	}
	for _, file := range files {
		c.file(file, readAll(file), depth+1)
	}
	return "", ""
}

// checkHBALine says what is wrong with one line, and which word of it.
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
		if what := wrongRegexp(word, major); what != "" {
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
	if what := wrongMethod(kind, method, major); what != "" {
		return what, method
	}
	return checkHBAOptions(kind, method, rest[1:], major)
}

// wrongRegexp finds a regular expression with a parenthesis that does not end.
// From 16 on a name that begins with a slash is one; PostgreSQL's syntax is not
// Go's, so that what else is wrong with it PostgreSQL alone can tell.
func wrongRegexp(word hbaWord, major int) string {
	expression, is := strings.CutPrefix(word.text, "/")
	plain := !strings.ContainsAny(expression, `\[`)
	if major >= 16 && is && plain && strings.Count(expression, "(") > strings.Count(expression, ")") {
		return "a parenthesis of the regular expression does not end"
	}
	return ""
}
