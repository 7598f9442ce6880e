package pgconf

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"pgreplica/entrypoint/file"
)

// isReadable is true of a file, or a link to one, that this user may read.
func isReadable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && unix.Access(path, unix.R_OK) == nil
}

// unreadable says why this user cannot use what a path leads to; empty where it
// can.
func unreadable(path string) string {
	err := unix.Faccessat(unix.AT_FDCWD, path, unix.R_OK, unix.AT_EACCESS)
	switch {
	case err == nil:
		return ""
	case errors.Is(err, unix.EACCES):
		return "may not be read" + whose(path)
	}
	return "is not there"
}

// whose says to whom a file belongs and with which mode, as far as this user may
// know, and which user this is.
func whose(path string) string {
	us := fmt.Sprintf("the server runs as uid %d", os.Geteuid())
	if info, err := os.Stat(path); err == nil {
		owner := info.Sys().(*syscall.Stat_t)
		return fmt.Sprintf(" (it is of uid %d and gid %d, mode %04o; %s)", owner.Uid, owner.Gid, info.Mode().Perm(), us)
	}
	return " (nor may a folder above it; " + us + ")"
}

// readAll is the text of a file, or nothing.
func readAll(path string) string {
	text, _ := file.Read(path, file.MostConf)
	return string(text)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
