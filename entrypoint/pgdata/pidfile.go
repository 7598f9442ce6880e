package pgdata

import (
	"path/filepath"
	"strconv"
	"strings"

	"pgreplica/entrypoint/file"
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
	text, err := file.Read(filepath.Join(dir, "postmaster.pid"), file.MostNote)
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
	process := pidLine(dir, place)
	if _, err := strconv.ParseUint(process, 10, 32); err != nil {
		return nil
	}
	line, err := file.Read(filepath.Join("/proc", process, "cmdline"), file.MostOwn)
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
