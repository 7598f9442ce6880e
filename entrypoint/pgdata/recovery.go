package pgdata

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// IsStandby says whether postgres would start dir as a standby.
func IsStandby(dir string) (bool, error) {
	_, err := os.Lstat(filepath.Join(dir, "standby.signal"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// RecordedSlot is the slot that the standby in dir reads from, or nothing.
func RecordedSlot(dir string) string {
	if !isFile(filepath.Join(dir, "standby.signal")) {
		return ""
	}
	conf, err := os.ReadFile(filepath.Join(dir, "postgresql.auto.conf"))
	if err != nil {
		return ""
	}
	slot, _ := Setting(string(conf), "primary_slot_name")
	return slot
}

// Follows says whether the data of PGDATA is a standby's that records whom it
// follows.
func Follows(pgdata string) bool {
	l, err := Locate(pgdata)
	if err != nil || !isFile(filepath.Join(l.Dir, "standby.signal")) || CheckFiles(l) != nil {
		return false
	}
	conf, err := os.ReadFile(filepath.Join(l.Dir, "postgresql.auto.conf"))
	if err != nil {
		return false
	}
	upstream, _ := Setting(string(conf), "primary_conninfo")
	return upstream != ""
}

// RewriteConf puts a configuration file through edit, which also names what it
// took out. A file that is not there is none to edit.
func RewriteConf(path string, edit func(string) (string, []string)) ([]string, error) {
	old, err := os.ReadFile(path)
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

// HasBlock says whether text carries a block of ours.
func HasBlock(text string) bool { return strings.Contains("\n"+text, "\n"+blockBegin) }

// Hash tells one text from another.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// KeepOld keeps a file's text as old_<name>; where that is taken, with the
// time.
func KeepOld(dir, name, text string, now time.Time) error {
	kept := filepath.Join(dir, "old_"+name)
	if isFile(kept) {
		kept += "." + now.UTC().Format(asideTime)
	}
	return WriteFile(kept, text)
}

// FixMode takes away rights that postgres does not start with: it accepts 0700
// and 0750.
func FixMode(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || fits(info.Mode()) {
		return err
	}
	err = os.Chmod(dir, 0o700)
	if err != nil && !errors.Is(err, syscall.EPERM) {
		return err
	}
	if info, err = os.Stat(dir); err == nil && !fits(info.Mode()) {
		err = &FormatError{dir, fmt.Sprintf("has mode %04o and keeps it, its file system ignores chmod; PostgreSQL starts with 0700 or 0750", info.Mode().Perm()),
			"Put the data on a file system that has modes: a named volume of docker's, or a folder on ext4 or xfs. A CIFS mount takes them as options: uid=999,gid=999,dir_mode=0700,file_mode=0600."}
	}
	return err
}

func fits(mode fs.FileMode) bool { return mode.Perm()&^0o750 == 0 && mode.Perm()&0o700 == 0o700 }

// VolumeSize is the size in bytes of the file system below dir, or 0.
func VolumeSize(dir string) uint64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0
	}
	return stat.Blocks * uint64(stat.Bsize)
}
