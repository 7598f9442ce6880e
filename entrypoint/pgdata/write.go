package pgdata

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"pgreplica/entrypoint/file"
)

// WriteFile puts text at path so that a reader, or the next start after a
// power cut, finds the old text or the new one and nothing between.
func WriteFile(path, text string) error {
	temp := path + ".pgreplica-new"
	made, err := file.New(temp)
	if err != nil {
		return fault(err)
	}
	_, err = made.WriteString(text)
	if err = errors.Join(err, made.Sync(), made.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// SyncAll makes a cluster durable. It syncs the file system of the data directory
// as a whole, and those of the tablespaces and the WAL, which may be others.
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

// Probe returns an error where this user cannot write to dir: its file system may
// be read-only, or dir may belong to another user.
func Probe(dir string) error {
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return &fs.PathError{Op: "write to", Path: dir, Err: err}
	}
	return nil
}

// Rewrite replaces the text of a file by what edit makes of it, and returns the
// names of what edit took out. A file that does not exist stays so.
func Rewrite(path string, edit func(string) (string, []string)) ([]string, error) {
	old, err := ReadConf(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, dropped := edit(string(old))
	if text == string(old) {
		return nil, nil
	}
	return dropped, WriteFile(path, text)
}

// Hash is the SHA-256 of a text, in hexadecimal digits.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// KeepOld writes the old text of the file name to old_<name> in dir, or to
// old_<name>.<time> where there is such a file already, or the same with a number
// for another one in that second. kept is that name.
func KeepOld(dir, name, text string, now time.Time) (kept string, err error) {
	kept = "old_" + name
	if isFile(filepath.Join(dir, kept)) {
		kept += "." + now.UTC().Format(asideTime)
	}
	for first, n := kept, 2; isFile(filepath.Join(dir, kept)); n++ {
		kept = first + "." + strconv.Itoa(n)
	}
	return kept, WriteFile(filepath.Join(dir, kept), text)
}
