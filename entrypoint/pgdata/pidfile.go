package pgdata

import (
	"os"
	"path/filepath"
	"strings"
)

// ServerStatus is the last line of the postmaster.pid of dir, as pg_ctl reads
// it: starting, stopping, ready, or standby where no queries are taken though
// recovery is under way; and nothing where no server runs.
func ServerStatus(dir string) string {
	const place = 7
	return pidLine(dir, place)
}

// pidLine is a line of postmaster.pid, counted from 0, or nothing.
func pidLine(dir string, place int) string {
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	lines := strings.Split(string(text), "\n")
	if err != nil || len(lines) <= place {
		return ""
	}
	return strings.TrimSpace(lines[place])
}
