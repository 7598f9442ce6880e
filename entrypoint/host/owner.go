package host

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

// Owned says whether path belongs to uid, or does not exist: then nobody has to
// change its owner.
func Owned(path string, uid int) (bool, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	owner, _ := Owner(info)
	return owner == uint32(uid), nil
}

// GiveTree changes the owner of dir and of all below it, where dir belongs to
// another user and all below it to one user. It follows no link, and leaves out
// the entries of dir that skip names. Where two users own what is below, it
// changes nothing and returns a MixedError.
//
// The top gets its group first and its user last: a walk that was cut short, or
// that has failed, leaves a mixture too, and by the top's group the next start
// knows that it may go on.
func GiveTree(dir string, uid, gid int, skip func(name string) bool) error {
	if owned, err := Owned(dir, uid); owned || err != nil {
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
	_, group := Owner(top)
	begun := group == uint32(gid)
	if err := checkOneOwner(root, skip, func(owner uint32) bool { return begun && owner == uint32(uid) }); err != nil {
		return err
	}
	if err := root.Lchown(".", -1, gid); err != nil {
		return err
	}
	if err := chownBelow(root, skip, uid, gid); err != nil {
		return err
	}
	return root.Lchown(".", uid, gid)
}

// checkOneOwner returns a MixedError where two users own what is below root. An
// owner for whom given is true does not count.
func checkOneOwner(root *os.Root, skip func(string) bool, given func(owner uint32) bool) error {
	var first *MixedError
	return below(root, skip, func(path string, entry fs.DirEntry) error {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		owner, _ := Owner(info)
		path = filepath.Join(root.Name(), path)
		switch {
		case given(owner):
		case first == nil:
			first = &MixedError{Paths: [2]string{path}, UIDs: [2]uint32{owner}}
		case first.UIDs[0] != owner:
			first.Paths[1], first.UIDs[1] = path, owner
			return first
		}
		return nil
	})
}

func chownBelow(root *os.Root, skip func(string) bool, uid, gid int) error {
	return below(root, skip, func(path string, _ fs.DirEntry) error { return root.Lchown(path, uid, gid) })
}

// below visits all that is below root, except for the entries of root that skip
// names and what is in them.
func below(root *os.Root, skip func(string) bool, visit func(path string, entry fs.DirEntry) error) error {
	return fs.WalkDir(root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == ".":
			return nil
		case !skip(path):
			return visit(path, entry)
		case entry.IsDir():
			return fs.SkipDir
		}
		return nil
	})
}

// Give changes the owner of dir, and of nothing that is in it. It does nothing
// where dir belongs to uid already, or does not exist.
func Give(dir string, uid, gid int) error {
	if owned, err := Owned(dir, uid); owned || err != nil {
		return err
	}
	return os.Lchown(dir, uid, gid)
}

// Owner returns the user and the group that a file belongs to.
func Owner(info fs.FileInfo) (uid, gid uint32) {
	stat := info.Sys().(*syscall.Stat_t)
	return stat.Uid, stat.Gid
}
