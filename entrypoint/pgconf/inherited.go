package pgconf

import (
	"slices"
	"strings"
)

// initdbChooses are the settings that initdb finds out for the machine and the
// locale. It writes them into postgresql.conf, and nowhere else: without that file
// PostgreSQL has 8 MB of shared_buffers (13 and 14), GMT and the locale C.
var initdbChooses = []string{
	"max_connections", "shared_buffers", "dynamic_shared_memory_type", "autovacuum_worker_slots",
	"log_timezone", "datestyle", "timezone", "lc_messages", "lc_monetary", "lc_numeric", "lc_time", "default_text_search_config",
}

const (
	// InheritedNote stands in our block above what initdb chose. It is there also
	// where none of that can be used, so that it is looked for once.
	InheritedNote = "# What initdb chose for this cluster's machine and locale:\n"
	// initdbsHead stands at the top of each file of initdb's.
	initdbsHead = "# PostgreSQL configuration file\n"
)

// HasInherited says whether our block of text has what initdb chose, as far as
// that was to be found.
func HasInherited(text string) bool { return strings.Contains(text, InheritedNote) }

// Inherited is what initdb chose for a cluster, as lines for our block: current is
// the postgresql.conf in its data directory, and old is old_postgresql.conf, the
// first that a mounted file took the place of; empty where there is none. It is
// nothing where neither file is initdb's.
func Inherited(current, old string) []string {
	if _, behind, found := strings.Cut(current, InheritedNote); found {
		lines, _, _ := strings.Cut(behind, blockEnd)
		return []string{InheritedNote, lines}
	}
	if old == "" {
		old = current
	}
	if old = WithoutBlocks(old); !strings.Contains(old, initdbsHead) {
		return nil
	}
	lines := []string{InheritedNote}
	for _, name := range initdbChooses {
		if value, found := Setting(old, name); found {
			lines = append(lines, name+" = '"+quoting.Replace(value)+"'\n")
		}
	}
	return lines
}

// commentOut makes comments of the lines that set one of these.
func commentOut(conf string, names ...string) string {
	var out strings.Builder
	for line := range strings.Lines(conf) {
		if name, _ := setting(line); slices.Contains(names, name) {
			line = "#" + line
		}
		out.WriteString(line)
	}
	return out.String()
}
