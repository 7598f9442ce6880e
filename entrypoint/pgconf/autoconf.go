package pgconf

import (
	"maps"
	"slices"
	"strings"
)

// AutoConf returns a postgresql.auto.conf in which the settings of set, named
// in lower case, take the place of every earlier line for them. An empty value
// only removes those lines. Every other line stays as it is, PostgreSQL's
// header included.
//
// While a server runs, ALTER SYSTEM writes this file; AutoConf is for when none
// does.
func AutoConf(old string, set map[string]string) string {
	var out []byte
	for line := range strings.Lines(old) {
		name, _ := setting(line)
		if _, replaced := set[name]; !replaced {
			out = append(out, line...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if set[name] == "" {
			continue
		}
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, '\n')
		}
		out = append(out, name+" = '"+quoting.Replace(set[name])+"'\n"...)
	}
	return string(out)
}

// quoting writes a newline as an escape, because a string ends with its line.
var quoting = strings.NewReplacer(`'`, `''`, `\`, `\\`, "\n", `\n`)

// Setting is the value that a configuration file gives a setting, on the last
// line that does: that one counts. ok is false where no line does. Files that
// it includes are not read.
func Setting(conf, name string) (value string, ok bool) {
	for line := range strings.Lines(conf) {
		if found, written := setting(line); written != "" && strings.EqualFold(found, name) {
			value, ok = unquoted(written), true
		}
	}
	return value, ok
}
