package entrypoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"pgreplica/entrypoint/pgdata"
)

const (
	serverUser = "postgres"
	socketDir  = "/var/run/postgresql"
)

// Settle makes the folders that a start needs, gives the volume to the postgres
// user where it belongs to somebody else, and becomes that user for good. Where
// the container does not run as root it only makes the folders.
func Settle(l pgdata.Layout) error {
	if err := errors.Join(pgdata.RealFolder(filepath.Dir(l.State)), pgdata.RealFolder(l.State), pgdata.RealFolder(l.Dir)); err != nil {
		return err
	}
	if os.Getuid() != 0 {
		return makeFolders(l)
	}
	uid, gid, err := serverIDs()
	if err != nil {
		return err
	}
	if err := errors.Join(ours(l.State, uid), makeFolders(l)); err != nil {
		return err
	}
	// What holds the data directory may hold other things: only its top is given,
	// and last, because at the root of a mount it is the data directory itself.
	if err := errors.Join(giveAll(l.State, uid, gid), giveAll(l.Dir, uid, gid),
		give(filepath.Dir(l.State), uid, gid), give(socketDir, uid, gid)); err != nil {
		return err
	}
	return drop(uid, gid)
}

// ours refuses a state directory that neither root nor the server's user made:
// what it says would decide over the data.
func ours(state string, uid int) error {
	info, err := os.Lstat(state)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 0 && owner != uint32(uid) {
		return &pgdata.FormatError{Path: state, What: fmt.Sprintf("belongs to uid %d, not to %s (uid %d)", owner, serverUser, uid),
			Remedy: fmt.Sprintf("If the volume was copied with other owners, give it back on the host: chown -R %d FOLDER. Otherwise find out who made it.", uid)}
	}
	return nil
}

func makeFolders(l pgdata.Layout) error {
	if err := os.MkdirAll(filepath.Dir(l.State), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(l.State, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// give changes the owner of dir where it is another's.
func give(dir string, uid, gid int) error {
	if mine, err := owned(dir, uid); mine || err != nil {
		return err
	}
	return os.Lchown(dir, uid, gid)
}

// owned says whether dir needs no other owner: it has this one, or is not there.
func owned(dir string, uid int) (bool, error) {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return err == nil && info.Sys().(*syscall.Stat_t).Uid == uint32(uid), err
}

// giveAll changes the owner of dir and of all below it where dir itself is
// another's. It follows no link.
func giveAll(dir string, uid, gid int) error {
	if mine, err := owned(dir, uid); mine || err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	err = fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return root.Lchown(path, uid, gid)
	})
	return errors.Join(err, root.Close())
}

func serverIDs() (uid, gid int, err error) {
	account, found := findAccount(func(name, _ string) bool { return name == serverUser })
	if !found {
		return 0, 0, fmt.Errorf("/etc/passwd has no user %s", serverUser)
	}
	uid, errUID := strconv.Atoi(account[2])
	gid, errGID := strconv.Atoi(account[3])
	return uid, gid, errors.Join(errUID, errGID)
}

// accounts is /etc/passwd, read once: package os/user reads it at each question.
var accounts = sync.OnceValue(func() string {
	text, _ := os.ReadFile("/etc/passwd") // without it nobody has a name
	return string(text)
})

// findAccount returns the fields of passwd(5) of the first account that matches.
func findAccount(matches func(name, uid string) bool) (fields []string, found bool) {
	for line := range strings.Lines(accounts()) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) == 7 && matches(fields[0], fields[2]) {
			return fields, true
		}
	}
	return nil, false
}

// BecomeServerUser gives up root for good, where the process has it.
func BecomeServerUser() error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid, err := serverIDs()
	if err != nil {
		return err
	}
	return drop(uid, gid)
}

func drop(uid, gid int) error {
	err := errors.Join(syscall.Setgroups([]int{gid}), syscall.Setgid(gid), syscall.Setuid(uid))
	if err != nil {
		return fmt.Errorf("become the user %s: %w", serverUser, err)
	}
	if real, effective, saved := unix.Getresuid(); real != uid || effective != uid || saved != uid {
		return errors.New("root could not be given up")
	}
	return os.Setenv("HOME", "/var/lib/postgresql")
}
