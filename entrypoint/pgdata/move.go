package pgdata

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// evacuate moves the data directory to aside: as a whole, or entry by entry
// where it is a mount point. It can be repeated until it succeeds.
func evacuate(l Layout, aside string) error {
	if !l.Fixed {
		if _, err := os.Lstat(aside); err == nil {
			return syncDir(l.Old) // moved by an earlier start
		}
		return errors.Join(rename(l.Dir, aside), syncDir(l.Old))
	}
	if err := os.Mkdir(aside, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := errors.Join(syncDir(filepath.Dir(aside)), moveOne(l.Dir, aside, "PG_VERSION")); err != nil {
		return err
	}
	return moveAll(l.Dir, aside, func(name string) bool { return !Ignorable(name) })
}

// install moves the staged cluster into the data directory. It can be repeated
// until it succeeds.
func install(l Layout, staged string) error {
	if !l.Fixed {
		return installWhole(l, staged)
	}
	if err := moveAll(staged, l.Dir, func(name string) bool { return name != "PG_VERSION" }); err != nil {
		return err
	}
	if _, err := os.Lstat(staged); errors.Is(err, fs.ErrNotExist) {
		return nil // it has moved already
	}
	return errors.Join(moveOne(staged, l.Dir, "PG_VERSION"), os.Remove(staged))
}

func installWhole(l Layout, staged string) error {
	// An empty data directory, as made for a new volume, gives way; one that
	// holds anything makes Remove fail, and nothing is lost.
	if _, err := os.Lstat(staged); errors.Is(err, fs.ErrNotExist) {
		return nil // it has moved already
	}
	if err := os.Remove(l.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := rename(staged, l.Dir); err != nil {
		return err
	}
	return errors.Join(syncDir(l.State), syncDir(l.Old))
}

// moveOne renames an entry that is still there, and makes that durable.
func moveOne(from, to, name string) error {
	err := rename(filepath.Join(from, name), filepath.Join(to, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.Join(syncDir(from), syncDir(to))
}

// moveAll renames the entries that are meant, and makes that durable.
func moveAll(from, to string, meant func(name string) bool) error {
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !meant(entry.Name()) {
			continue
		}
		if err := rename(filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())); err != nil {
			return err
		}
	}
	return errors.Join(syncDir(from), syncDir(to))
}

// rename never overwrites, not even an empty directory.
func rename(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) { // NFS and other file systems lack the flag
		if _, err := os.Lstat(to); err == nil {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrExist}
		}
		return os.Rename(from, to)
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}
