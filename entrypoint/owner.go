package entrypoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// exitOwner ends a start that a file or folder of another user's stops.
const exitOwner = 77

// giveBack is what a person types to give a folder to the server's user.
func (n *Node) giveBack(uid, gid int, path string) string {
	return n.service().RunAs("root", fmt.Sprintf("chown -R %d:%d %s", uid, gid, path))
}

// mine refuses folders of another user's where this process cannot change
// that. PostgreSQL starts on none that is not its user's own.
func (n *Node) mine() error {
	for _, path := range []string{n.layout.State, n.layout.Dir} {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.Sys().(*syscall.Stat_t).Uid != uint32(os.Getuid()) {
			return n.another(path, info, nil)
		}
	}
	return nil
}

// another tells whose a path is, and both ways out.
func (n *Node) another(path string, info fs.FileInfo, err error) error {
	owner, uid, gid := info.Sys().(*syscall.Stat_t), os.Getuid(), os.Getgid()
	what := fmt.Sprintf("%s belongs to uid %d (mode %04o), the server runs as uid %d", path, owner.Uid, info.Mode().Perm(), uid)
	if err != nil {
		what = err.Error() + ": " + what
	}
	fix := fmt.Sprintf("Give the data to the server: %s. Or run the server as its owner, with user: '%d:%d' in the compose file.",
		n.giveBack(uid, gid, filepath.Dir(n.layout.State)), owner.Uid, owner.Gid)
	return &pg.Fault{Text: what, Fix: fix, Exit: exitOwner, Err: err}
}

// ours refuses a state directory that neither root nor the server's user made:
// what it says would decide over the data.
func (n *Node) ours(uid, gid int) error {
	info, err := os.Lstat(n.layout.State)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 0 && owner != uint32(uid) {
		return pgdata.Unfit(n.layout.State, fmt.Sprintf("belongs to uid %d, not to %s (uid %d)", owner, host.ServerUser, uid),
			fmt.Sprintf("If the volume was copied with other owners, give it back: %s. Otherwise find out who made it.", n.giveBack(uid, gid, filepath.Dir(n.layout.State))))
	}
	return nil
}

// giveTree gives a folder with all that it holds to the server's user.
func (n *Node) giveTree(dir string, uid, gid int) error {
	err := host.GiveTree(dir, uid, gid, pgdata.Ignorable)
	if mixed, ok := errors.AsType[*host.MixedError](err); ok {
		return pgdata.Unfit(dir, mixed.Error(),
			fmt.Sprintf("A copy that was cut short looks like this: copy it again. If you know that it is whole, give it to the server: %s.", n.giveBack(uid, gid, dir)))
	}
	return cannotGive(err)
}

// cannotGive explains why root may not change an owner.
func cannotGive(err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return &pg.Fault{Text: "the volume cannot be given to " + host.ServerUser + ": " + err.Error(), Exit: exitOwner, Err: err,
		Fix: "Do it where the volume comes from, chown -R 999:999 FOLDER on the host or on the NFS server; or let this container do it, with cap_add: [CHOWN, DAC_OVERRIDE, FOWNER]."}
}

// explainDenied tells whose the path is that the server's user may not use.
func (n *Node) explainDenied(err error) error {
	path, info := refused(err)
	if info != nil && info.Sys().(*syscall.Stat_t).Uid != uint32(os.Getuid()) {
		return n.another(path, info, err)
	}
	return &pg.Fault{Text: "the volume cannot be used, though it is the server's own: " + err.Error(), Exit: exitDisk, Err: err,
		Fix: "On hosts with SELinux, mount it with :Z. Otherwise look at the modes and attributes of its files: ls -la, lsattr."}
}

// refused is the path of a failed call, or what of it can be seen.
func refused(err error) (string, fs.FileInfo) {
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
