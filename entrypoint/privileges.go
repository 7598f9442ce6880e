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

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

const (
	serverUser = "postgres"
	socketDir  = "/var/run/postgresql"
)

// settle makes the folders that a start needs, gives the volume to the postgres
// user where it belongs to somebody else, and becomes that user for good. Where
// the container does not run as root it only makes the folders.
func (n *Node) settle() error {
	l := n.layout
	if err := errors.Join(pgdata.RealFolder(filepath.Dir(l.State)), pgdata.RealFolder(l.State), pgdata.RealFolder(l.Dir), pgdata.RealFolder(l.WALDir)); err != nil {
		return err
	}
	if os.Getuid() != 0 {
		if err := n.mine(); err != nil {
			return err
		}
		return makeFolders(l)
	}
	uid, gid, err := serverIDs()
	if err != nil {
		return err
	}
	if err := errors.Join(n.ours(uid, gid), makeFolders(l)); err != nil {
		return err
	}
	for _, dir := range []string{l.State, l.Dir} {
		if err := n.giveTree(dir, uid, gid); err != nil {
			return err
		}
	}
	// What holds the data directory may hold other things: only its top is given,
	// and last, because at the root of a mount it is the data directory itself.
	if err := errors.Join(give(filepath.Dir(l.State), uid, gid), give(l.WALDir, uid, gid), give(socketDir, uid, gid)); err != nil {
		return err
	}
	return drop(uid, gid)
}

func makeFolders(l pgdata.Layout) error {
	if err := os.MkdirAll(filepath.Dir(l.State), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(l.State, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return makeWALDir(l.WALDir)
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
		return &pg.Fault{Text: fmt.Sprintf("the container cannot become the user %s: %v", serverUser, err), Exit: exitOwner, Err: err,
			Fix: fmt.Sprintf("Let it, with cap_add: [SETUID, SETGID] in the compose file, or start it as that user: user: '%d:%d'.", uid, gid)}
	}
	if real, effective, saved := unix.Getresuid(); real != uid || effective != uid || saved != uid {
		return errors.New("root could not be given up")
	}
	return os.Setenv("HOME", "/var/lib/postgresql")
}
