package pgdata

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// A MixedError says that what a folder holds belongs to two users, as a copy
// that was cut short leaves it.
type MixedError struct {
	Paths [2]string
	UIDs  [2]uint32
}

func (e *MixedError) Error() string {
	return fmt.Sprintf("%s belongs to uid %d, %s to uid %d", e.Paths[0], e.UIDs[0], e.Paths[1], e.UIDs[1])
}

// Owned says whether path needs no other owner: it has this one, or is not
// there.
func Owned(path string, uid int) (bool, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return err == nil && owner(info).Uid == uint32(uid), err
}

// GiveTree changes the owner of dir and of all below it where dir itself is
// another's and all below it is one user's. It follows no link.
//
// The top gets its group first and its user last: a walk that was cut short
// leaves a mixture too, and the top's group tells the next start that it may go
// on.
func GiveTree(dir string, uid, gid int) error {
	if mine, err := Owned(dir, uid); mine || err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	top, err := root.Lstat(".")
	if err != nil {
		return err
	}
	begun := owner(top).Gid == uint32(gid)
	if err := oneOwner(root, func(of uint32) bool { return begun && of == uint32(uid) }); err != nil {
		return err
	}
	return errors.Join(root.Lchown(".", -1, gid), chownBelow(root, uid, gid), root.Lchown(".", uid, gid))
}

// oneOwner returns a MixedError where what root holds is of two users' that
// count.
func oneOwner(root *os.Root, given func(uid uint32) bool) error {
	var first *MixedError
	return below(root, func(path string, entry fs.DirEntry) error {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		of, path := owner(info).Uid, filepath.Join(root.Name(), path)
		switch {
		case given(of):
		case first == nil:
			first = &MixedError{Paths: [2]string{path}, UIDs: [2]uint32{of}}
		case first.UIDs[0] != of:
			first.Paths[1], first.UIDs[1] = path, of
			return first
		}
		return nil
	})
}

func chownBelow(root *os.Root, uid, gid int) error {
	return below(root, func(path string, _ fs.DirEntry) error { return root.Lchown(path, uid, gid) })
}

// below visits all that root holds, less what belongs to the file system and,
// at the root of a mount, our state directory, which was given before.
func below(root *os.Root, visit func(path string, entry fs.DirEntry) error) error {
	return fs.WalkDir(root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == ".":
			return nil
		case !ignorable(path):
			return visit(path, entry)
		case entry.IsDir():
			return fs.SkipDir
		}
		return nil
	})
}

func owner(info fs.FileInfo) *syscall.Stat_t { return info.Sys().(*syscall.Stat_t) }
