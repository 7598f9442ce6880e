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
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	lines := strings.Split(string(text), "\n")
	if err != nil || len(lines) < 8 {
		return ""
	}
	return strings.TrimSpace(lines[7])
}
