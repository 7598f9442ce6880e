package pgconf

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// logFolder finds a folder for the log that the server can neither write to nor
// make. A trial does not look at it, so that no line of a trial's is in a log.
func (s effective) logFolder(c Conf) []ConfError {
	line := max(s["log_directory"].line, s["logging_collector"].line, s["log_filename"].line)
	if line == 0 || !isOn(s["logging_collector"].value) {
		return nil
	}
	folder := resolvePath(cmp.Or(s["log_directory"].value, "log"), c.Dir, c.Final)
	if name := s["log_filename"].value; strings.Contains(name, "/") { // that folder the server does not make
		return cannotLog(line, filepath.Dir(filepath.Join(folder, name)))
	}
	if err := writable(folder); err == unix.ENOENT && writable(filepath.Dir(folder)) == nil {
		return nil // the server makes it
	}
	return cannotLog(line, folder)
}

func cannotLog(line int, folder string) []ConfError {
	if err := writable(folder); err != nil {
		return []ConfError{{line, fmt.Sprintf("the log is to be in %s, and the server cannot write there: %v", folder, err)}}
	}
	return nil
}

// writable says why this user can make no file in a folder.
func writable(folder string) error { return unix.Access(folder, unix.W_OK|unix.X_OK) }
