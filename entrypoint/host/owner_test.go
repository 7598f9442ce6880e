package host

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// isLeftOut is true of the names that GiveTree has to leave out.
func isLeftOut(name string) bool { return name == "lost+found" || name == "kept" }

func ownerOf(info fs.FileInfo) int {
	uid, _ := Owner(info)
	return int(uid)
}

const server, somebody, other = 70999, 71000, 71001

// owners makes a folder that belongs to top. In it, each name in below is a folder
// with a file and a link, all of which belong to that user. The test is skipped
// where it does not run as root.
func owners(t *testing.T, top int, below map[string]int) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, to make files of other users")
	}
	dir := filepath.Join(t.TempDir(), "pgdata")
	mkdir(t, dir)
	for name, uid := range below {
		mkdir(t, filepath.Join(dir, name))
		err := errors.Join(os.WriteFile(filepath.Join(dir, name, "file"), nil, 0o600), os.Symlink("/victim", filepath.Join(dir, name, "link")))
		for _, path := range []string{name, name + "/file", name + "/link"} {
			err = errors.Join(err, os.Lchown(filepath.Join(dir, path), uid, uid))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, top, top); err != nil {
		t.Fatal(err)
	}
	return dir
}

// whose returns the owner of dir, and the owners of all below it.
func whose(t *testing.T, dir string) (top int, below map[int]bool) {
	t.Helper()
	below = map[int]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		switch {
		case err != nil:
			return err
		case path == dir:
			top = ownerOf(info)
		default:
			below[ownerOf(info)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return top, below
}

func TestATreeOfOneUserIsGivenWhole(t *testing.T) {
	for title, dir := range map[string]string{
		"copied as root":              owners(t, 0, map[string]int{"base": 0, "global": 0}),
		"copied as somebody":          owners(t, somebody, map[string]int{"base": somebody, "global": somebody}),
		"a new top on its own files":  owners(t, 0, map[string]int{"base": server, "global": server}),
		"a new top on somebody's":     owners(t, 0, map[string]int{"base": somebody}),
		"nothing yet, at a new mount": owners(t, 0, nil),
	} {
		if err := GiveTree(dir, server, server, isLeftOut); err != nil {
			t.Errorf("%s: %v", title, err)
		}
		if top, below := whose(t, dir); top != server || len(below) > 1 || len(below) == 1 && !below[server] {
			t.Errorf("%s: the top is of %d, what is below of %v", title, top, below)
		}
	}
}

func TestATreeOfTwoUsersIsLeftAsItIs(t *testing.T) {
	for title, dir := range map[string]string{
		"a copy that kept owners, cut short": owners(t, 0, map[string]int{"base": server, "global": 0}),
		"two users":                          owners(t, somebody, map[string]int{"base": somebody, "global": other}),
	} {
		_, before := whose(t, dir)
		err := GiveTree(dir, server, server, isLeftOut)
		mixed, ok := errors.AsType[*MixedError](err)
		if !ok || mixed.UIDs[0] == mixed.UIDs[1] || !strings.Contains(err.Error(), "base") || !strings.Contains(err.Error(), "global") {
			t.Errorf("%s: got %v, want two paths of two users", title, err)
		}
		if top, below := whose(t, dir); top == server || len(below) != len(before) {
			t.Errorf("%s: owners were changed: top %d, below %v", title, top, below)
		}
	}
}

// TestAGivingThatWasCutShortGoesOn leaves what a kill between two files leaves.
func TestAGivingThatWasCutShortGoesOn(t *testing.T) {
	dir := owners(t, 0, map[string]int{"base": server, "global": 0})
	if err := errors.Join(os.Lchown(dir, 0, server), GiveTree(dir, server, server, isLeftOut)); err != nil {
		t.Fatal(err)
	}
	if top, below := whose(t, dir); top != server || len(below) != 1 {
		t.Errorf("the top is of %d, what is below of %v", top, below)
	}
}

// TestTheTopIsGivenLast takes a folder away while all below is given, which fails
// there: a top that is the server's would tell the next start that nothing is left
// to give.
func TestTheTopIsGivenLast(t *testing.T) {
	dir := owners(t, 0, map[string]int{"base": 0, "global": 0})
	walks := 0
	err := GiveTree(dir, server, server, func(name string) bool {
		if name == "base" {
			walks++
		}
		if walks == 2 && name == "base/link" {
			_ = os.Remove(filepath.Join(dir, name))
		}
		return isLeftOut(name)
	})
	top, below := whose(t, dir)
	if !errors.Is(err, fs.ErrNotExist) || top != 0 || !below[server] || !below[0] {
		t.Errorf("%v: the top is of %d, what is below of %v", err, top, below)
	}
	if err := GiveTree(dir, server, server, isLeftOut); err != nil {
		t.Errorf("the next time: %v", err)
	}
	if top, below := whose(t, dir); top != server || len(below) != 1 {
		t.Errorf("the next time: the top is of %d, what is below of %v", top, below)
	}
}

func TestWhatIsTheFileSystemsStaysItsOwn(t *testing.T) {
	dir := owners(t, somebody, map[string]int{"lost+found": 0, "kept": server, "base": somebody})
	if err := GiveTree(dir, server, server, isLeftOut); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(filepath.Join(dir, "lost+found"))
	if err != nil || ownerOf(info) != 0 {
		t.Errorf("lost+found: %v, %v", info, err)
	}
}

// TestAHealthyTreeIsNotLookedThrough plants a mixture, which would be an error if
// the tree were looked through.
func TestAHealthyTreeIsNotLookedThrough(t *testing.T) {
	dir := owners(t, server, map[string]int{"base": somebody, "global": other})
	if err := GiveTree(dir, server, server, isLeftOut); err != nil {
		t.Error(err)
	}
	if _, below := whose(t, dir); !below[somebody] || !below[other] {
		t.Errorf("owners were changed: %v", below)
	}
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}
