package pgconf

import (
	"maps"
	"slices"
	"strings"
)

// AutoConf is postgresql.auto.conf with those settings, named in lower case,
// in place of every earlier value of theirs. An empty value only removes.
// Every other line stays as it is, PostgreSQL's header with them.
//
// ALTER SYSTEM writes the file when a server runs; this is for when none does.
func AutoConf(old string, set map[string]string) string {
	var out []byte
	for line := range strings.Lines(old) {
		name, _ := setting(line)
		if _, ours := set[name]; !ours {
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

// A string ends with its line, so a newline in it is written as an escape.
var quoting = strings.NewReplacer(`'`, `''`, `\`, `\\`, "\n", `\n`)

// Setting is the last value of a setting in a configuration file, which is
// the one that counts. Files that it includes are not looked at.
func Setting(conf, name string) (value string, ok bool) {
	for line := range strings.Lines(conf) {
		if found, written := setting(line); written != "" && strings.EqualFold(found, name) {
			value, ok = unquoted(written), true
		}
	}
	return value, ok
}
