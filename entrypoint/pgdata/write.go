package pgdata

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// WriteFile puts text at path so that a reader, or the next start after a
// power cut, finds the old text or the new one and nothing between.
func WriteFile(path, text string) error {
	temp := path + ".pgreplica-new"
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// SyncAll makes a cluster durable, whose tablespaces and WAL may lie on other
// file systems: all that was written to each of them goes to its disk.
func SyncAll(dir string) error {
	err := syncFileSystem(dir)
	for _, link := range links(dir) {
		err = errors.Join(err, syncFileSystem(link.target()))
	}
	return err
}

func syncFileSystem(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(d.Fd())), d.Close())
}

// syncDir makes the renames in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
