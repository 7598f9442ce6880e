package report

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

// columns is the width of a screen. No line of a report is wider, except commands to
// type.
const columns = 84

// mark is one character before a row: ! has a problem, ? is unknown.
func mark(l doctor.Level) string {
	switch l {
	case doctor.OK:
		return " "
	case doctor.Unknown:
		return "?"
	}
	return "!"
}

// shorten cuts the middle out of a name that is too wide for a table. JSON and
// commands to type have the whole name.
func shorten(name string) string {
	const most = 24
	if len(name) <= most {
		return name
	}
	return name[:most/2-1] + ".." + name[len(name)-most/2+1:]
}

// sizeText prints a number of bytes, or - where it is below zero, which is unknown.
func sizeText(bytes int64) string {
	if bytes < 0 {
		return "-"
	}
	return pg.Size(bytes)
}

// ageText prints a time in one unit, or - where it is below zero, which is unknown.
// A time above zero is never printed as zero.
func ageText(d time.Duration) string {
	switch {
	case d < 0:
		return "-"
	case d > 0 && d < time.Second:
		return fmt.Sprintf("%d ms", max(1, d.Milliseconds()))
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int64(d/time.Second))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int64(d/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int64(d/time.Hour))
	}
	return fmt.Sprintf("%d d", int64(d/(24*time.Hour)))
}

// align prints each row as a line, with the cells of a column below each other.
func align(rows [][]string) []string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell)+2))
		}
		lines[i] = strings.TrimRight(line.String(), " ")
	}
	return lines
}

func widest(lines []string) int {
	most := 0
	for _, line := range lines {
		most = max(most, utf8.RuneCountInString(line))
	}
	return most
}

// problemLines prints a problem and what to do about it.
func problemLines(problem doctor.Finding) []string {
	return append(pg.Wrap(mark(problem.Level)+" ", problem.Text, columns), fixLines(problem.Fix)...)
}

// fixLines prints a Fix, with each command in a line of its own, whole.
func fixLines(fix string) []string {
	const docker = "docker "
	var lines []string
	for fix != "" {
		at := strings.Index(fix, ": "+docker)
		switch {
		case strings.HasPrefix(fix, docker):
			at = -2
		case at < 0:
			return append(lines, pg.Wrap("  ", fix, columns)...)
		default:
			lines = append(lines, pg.Wrap("  ", fix[:at+1], columns)...)
		}
		command := fix[at+2:]
		fix = ""
		if end := nextSentence().FindStringIndex(command); end != nil {
			command, fix = command[:end[0]], command[end[0]+2:]
		}
		lines = append(lines, "      "+command)
	}
	return lines
}

// nextSentence finds the end of a command: a period, and the next sentence.
var nextSentence = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\. [A-Z]`) })

func (o OldData) lines() []string {
	held := pg.Size(o.Bytes)
	if !o.Whole {
		held = "more than " + held
	}
	return append(pg.Wrap("  ", fmt.Sprintf("Old data is kept (%s). When it is no longer needed:", held), columns), "      "+o.Fix)
}
