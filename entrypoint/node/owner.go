package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// exitOwner is the exit status of a start that a file or folder of another user
// has stopped.
const exitOwner = 77

// chownCommand is what a person types to give a folder, with all that is in it, to
// the server's user.
func (n *Node) chownCommand(uid, gid int, path string) string {
	return n.Service().RunAs("root", fmt.Sprintf("chown -R %d:%d %s", uid, gid, path))
}

// checkOwner refuses folders that belong to another user, for a process that does
// not run as root and cannot change that. PostgreSQL starts only on a data
// directory that belongs to its user.
func (n *Node) checkOwner() error {
	for _, path := range []string{n.Volume.State, n.Volume.Dir} {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if uid, _ := host.Owner(info); uid != uint32(os.Getuid()) {
			return n.ownerError(path, info, nil)
		}
	}
	return nil
}

// ownerError says who owns a path, and both ways out: to change the owner, or the
// user that the server runs as. err is what failed for that reason, or nil.
func (n *Node) ownerError(path string, info fs.FileInfo, err error) error {
	ownerUID, ownerGID := host.Owner(info)
	uid, gid := os.Getuid(), os.Getgid()
	what := fmt.Sprintf("%s belongs to uid %d (mode %04o), the server runs as uid %d", path, ownerUID, info.Mode().Perm(), uid)
	if err != nil {
		what = err.Error() + ": " + what
	}
	fix := fmt.Sprintf("Give the data to the server: %s. Or run the server as its owner, with user: '%d:%d' in the compose file.",
		n.chownCommand(uid, gid, filepath.Dir(n.Volume.State)), ownerUID, ownerGID)
	return &pg.Fault{Text: what, Fix: fix, Exit: exitOwner, Err: err}
}

// checkStateOwner refuses a state directory that belongs neither to root nor to
// the server's user: whoever made it could have the data moved by its journal.
func (n *Node) checkStateOwner(uid, gid int) error {
	info, err := os.Lstat(n.Volume.State)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if owner, _ := host.Owner(info); owner != 0 && owner != uint32(uid) {
		return pgdata.Unfit(n.Volume.State, fmt.Sprintf("belongs to uid %d, not to %s (uid %d)", owner, host.ServerUser, uid),
			fmt.Sprintf("If the volume was copied with other owners, give it back: %s. Otherwise find out who made it.", n.chownCommand(uid, gid, filepath.Dir(n.Volume.State))))
	}
	return nil
}

// giveTree gives a folder, with all that is in it, to the server's user.
func (n *Node) giveTree(dir string, uid, gid int) error {
	err := host.GiveTree(dir, uid, gid, pgdata.Ignorable)
	if mixed, ok := errors.AsType[*host.MixedError](err); ok {
		return pgdata.Unfit(dir, mixed.Error(),
			fmt.Sprintf("A copy that was cut short looks like this: copy it again. If you know that it is whole, give it to the server: %s.", n.chownCommand(uid, gid, dir)))
	}
	return giveError(err)
}

// giveError explains that root was not allowed to change an owner, as on NFS, or
// in a container without that capability. It returns any other error as it is.
func giveError(err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return &pg.Fault{Text: "the volume cannot be given to " + host.ServerUser + ": " + err.Error(), Exit: exitOwner, Err: err,
		Fix: "Do it where the volume comes from, chown -R 999:999 FOLDER on the host or on the NFS server; or let this container do it, with cap_add: [CHOWN, DAC_OVERRIDE, FOWNER]."}
}

// explainDenied explains an error of missing rights: the path belongs to another
// user, or else its mode, an attribute or SELinux forbids its use.
func (n *Node) explainDenied(err error) error {
	path, info := deniedPath(err)
	if info != nil {
		if uid, _ := host.Owner(info); uid != uint32(os.Getuid()) {
			return n.ownerError(path, info, err)
		}
	}
	return &pg.Fault{Text: "the volume cannot be used, though it is the server's own: " + err.Error(), Exit: ExitDisk, Err: err,
		Fix: "On hosts with SELinux, mount it with :Z. Otherwise look at the modes and attributes of its files: ls -la, lsattr."}
}

// deniedPath is the path of a call that failed, or the nearest folder above it
// that this user can look at. info is nil where that is none.
func deniedPath(err error) (string, fs.FileInfo) {
	path := ""
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		path = failed.Path
	} else if failed, ok := errors.AsType[*os.LinkError](err); ok {
		path = failed.New
	}
	for filepath.IsAbs(path) {
		if info, err := os.Lstat(path); err == nil {
			return path, info
		}
		if path == "/" {
			break
		}
		path = filepath.Dir(path)
	}
	return path, nil
}
