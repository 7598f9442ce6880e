package pgdata

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Port is the port of the server that runs on dir, as its postmaster.pid says;
// PostgreSQL's own default where none runs.
func Port(dir string) uint16 {
	const byDefault = 5432
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		return byDefault
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < 4 {
		return byDefault
	}
	port, err := strconv.ParseUint(strings.TrimSpace(lines[3]), 10, 16)
	if err != nil {
		return byDefault
	}
	return uint16(port)
}

// ListAside names the folders of data that was set aside on this volume.
func ListAside(l Layout) []string {
	found, _ := filepath.Glob(filepath.Join(l.Old, "data_old-*"))
	return found
}
