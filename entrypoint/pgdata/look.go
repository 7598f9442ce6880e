package pgdata

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

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

// ListAside names the folders of data that was set aside on this volume.
func ListAside(l Layout) []string {
	found, _ := filepath.Glob(filepath.Join(l.Old, "data_old-*"))
	return found
}

// Free is how many bytes a user may still write below dir.
func Free(dir string) int64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0
	}
	return int64(stat.Bavail) * stat.Bsize
}

// Probe finds out whether dir can be written to: its file system may be
// read-only, or dir somebody else's.
func Probe(dir string) error {
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return &fs.PathError{Op: "write to", Path: dir, Err: err}
	}
	return nil
}

// RealFolder refuses a path that is a link or no folder. One that is not there
// is left to be made.
func RealFolder(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return &FormatError{path, "is a symbolic link, which could lead out of the volume", "Put a folder in its place, or mount the volume there: ls -l shows where it leads."}
	case !info.IsDir():
		return &FormatError{path, "is not a folder", "Move it out of the volume, then start again."}
	}
	return nil
}

// Size adds up its files for as long as patience lasts, and says whether it saw
// them all.
func (a Aside) Size(patience time.Duration) (bytes int64, whole bool) {
	began := time.Now()
	for _, dir := range a {
		bytes += filesBelow(dir, func() bool { return time.Since(began) > patience })
	}
	return bytes, time.Since(began) <= patience
}

// filesBelow adds up the files below dir until it is told to stop.
func filesBelow(dir string, stop func() bool) (bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		switch {
		case stop():
			return fs.SkipAll
		case err != nil:
			return nil // what cannot be read is not counted
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}

// isReadable is true of a file, or a link to one, that this user may read.
func isReadable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && unix.Access(path, unix.R_OK) == nil
}

// readAll is the text of a file, or nothing.
func readAll(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}
