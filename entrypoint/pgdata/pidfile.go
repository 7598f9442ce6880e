package pgdata

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ServerStatus is what the server of dir says of itself in the last line of
// postmaster.pid, where pg_ctl reads it: starting, stopping, ready, or standby,
// which is a standby whose hot_standby is off, so that it takes no queries. It is
// empty where there is no such file.
func ServerStatus(dir string) string {
	const place = 7
	return pidLine(dir, place)
}

// pidLine is a line of postmaster.pid, counted from 0; empty where there is none.
func pidLine(dir string, place int) string {
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	lines := strings.Split(string(text), "\n")
	if err != nil || len(lines) <= place {
		return ""
	}
	return strings.TrimSpace(lines[place])
}

// ServerArgs are the arguments that the server of dir was started with; nil where
// none runs in this container.
func ServerArgs(dir string) []string {
	const place = 0
	line, err := os.ReadFile(filepath.Join("/proc", pidLine(dir, place), "cmdline"))
	words := strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	if err != nil || len(words) < 2 {
		return nil
	}
	return words[1:]
}

// Port is the port of the server that runs on dir, as its postmaster.pid says;
// PostgreSQL's own default where none runs.
func Port(dir string) uint16 {
	const byDefault, place = 5432, 3
	port, err := strconv.ParseUint(pidLine(dir, place), 10, 16)
	if err != nil {
		return byDefault
	}
	return uint16(port)
}
