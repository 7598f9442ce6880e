package pgconf

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// InstalledConf is the postgresql.conf to place: the managed block, then the
// user's file whole, so that each of the user's lines wins.
func InstalledConf(block, userFile string) string { return prependBlock(block, userFile) }

// StandbyConf comments out the settings that are meant only for the primary in
// a postgresql.conf or postgresql.auto.conf that was copied from it. dropped
// are their names. Every other line stays as it is.
func StandbyConf(conf string) (out string, dropped []string) {
	var kept strings.Builder
	for line := range strings.Lines(conf) {
		name, value := setting(line)
		if !onlyThePrimarys(name, value) {
			kept.WriteString(line)
			continue
		}
		kept.WriteString(standbyLine(name, line))
		if !slices.Contains(dropped, name) {
			dropped = append(dropped, name)
		}
	}
	return kept.String(), dropped
}

func onlyThePrimarys(name, value string) bool {
	switch name {
	case "primary_conninfo", "primary_slot_name":
		return true // whom the primary itself once followed
	case "synchronous_standby_names", "synchronized_standby_slots":
		return true // after a promotion commits would wait for standbys that follow another server
	case "restore_command", "archive_cleanup_command", "recovery_end_command":
		// Left from a restore. The first may bring the history of another
		// branch, the second removes what others still need.
		return true
	case "recovery_min_apply_delay", "promote_trigger_file":
		return true // a standby that lags, or promotes itself, because the primary once did
	case "cluster_name":
		return true // each server has its own
	case "data_directory":
		return true // where the primary's is; ours is PGDATA
	case "archive_mode":
		return strings.EqualFold(unquoted(value), "always") // two servers would write to one archive
	}
	return strings.HasPrefix(name, "recovery_target") // recovery would end there
}

// standbyLine is what a standby has in place of a line that is only the
// primary's.
func standbyLine(name, line string) string {
	const mark = "#pgreplica: only the primary's: "
	switch name {
	case "primary_conninfo": // its value may hold a password
		return mark + name + "\n"
	case "archive_mode": // on is silent until a promotion, and off after it would be a loss
		return mark + strings.TrimRight(line, "\r\n") + "\narchive_mode = on\n"
	}
	return mark + line
}

// settingLine matches a line of a configuration file as guc-file.l reads it.
// The equals sign and the quotes are optional and no string spans lines. A name
// may hold every character of an unquoted value, so that archive_mode-x is not
// read as archive_mode.
var settingLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^[ \t\r]*([\w.:/\x{80}-\x{10FFFF}-]+)[ \t\r]*=?[ \t\r]*('(?:[^'\\\n]|\\.|'')*'|[\w.:/+\x{80}-\x{10FFFF}-]+)?`)
})

// setting returns the name in a line, in lower case, and the value as it is
// written, with its quotes. Both are empty for a comment. For a line with a
// value that PostgreSQL would reject, the name is returned all the same.
func setting(line string) (name, value string) {
	if words := strings.TrimLeft(line, " \t\r"); words == "" || words[0] == '#' || words[0] == '\n' {
		return "", "" // most lines of initdb's file: the regular expression would take a millisecond
	}
	match := settingLine().FindStringSubmatch(line)
	if match == nil {
		return "", ""
	}
	return strings.ToLower(match[1]), match[2]
}

// escaped matches a quote or another character that is escaped in a quoted
// value.
var escaped = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`''|\\([0-7]{1,3}|.)`) })

// unquoted is a value as PostgreSQL reads it: without quotes and escapes.
func unquoted(value string) string {
	if !strings.HasPrefix(value, "'") {
		return value
	}
	return escaped().ReplaceAllStringFunc(value[1:len(value)-1], func(pair string) string {
		if letter := strings.IndexByte("bfnrt", pair[1]); letter >= 0 {
			return "\b\f\n\r\t"[letter : letter+1]
		}
		if octal, err := strconv.ParseUint(pair[1:], 8, 16); err == nil {
			return string([]byte{byte(octal)})
		}
		return pair[1:]
	})
}

// Includes says whether a postgresql.conf includes another file.
func Includes(conf string) bool {
	for line := range strings.Lines(conf) {
		if name, _ := setting(line); readsOtherFile(name) {
			return true
		}
	}
	return false
}

// LineOf is the number of the last line that sets a setting, counted from 1; 0
// where there is none.
func LineOf(conf, name string) int {
	number, last := 0, 0
	for line := range strings.Lines(conf) {
		number++
		if found, _ := setting(line); strings.EqualFold(found, name) {
			last = number
		}
	}
	return last
}

// LineNaming is the number of the last line whose value is quoted in what postgres
// said, alone or as the folder of a file; 0 where there is none.
func LineNaming(conf, said string) int {
	number, last := 0, 0
	for line := range strings.Lines(conf) {
		number++
		_, value := setting(line)
		if value = unquoted(value); value != "" && (strings.Contains(said, `"`+value+`"`) || strings.Contains(said, `"`+value+"/")) {
			last = number
		}
	}
	return last
}

// Line is the line of a text that has this number, counted from 1, or nothing.
func Line(text string, number int) string {
	lines := strings.Split(text, "\n")
	if number < 1 || number > len(lines) {
		return ""
	}
	return lines[number-1]
}
