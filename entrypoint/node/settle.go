package node

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// settle makes the folders that a start needs, gives the volume to the postgres
// user where it belongs to somebody else, and becomes that user for good. Where
// the container does not run as root it only makes the folders.
func (n *Node) settle() error {
	l := n.Volume
	if err := errors.Join(pgdata.CheckFolder(filepath.Dir(l.State)), pgdata.CheckFolder(l.State), pgdata.CheckFolder(l.Dir), pgdata.CheckFolder(l.WALDir)); err != nil {
		return err
	}
	if os.Getuid() != 0 {
		if err := n.checkOwner(); err != nil {
			return err
		}
		return makeFolders(l)
	}
	uid, gid, err := host.ServerIDs()
	if err != nil {
		return err
	}
	if err := errors.Join(n.checkStateOwner(uid, gid), makeFolders(l)); err != nil {
		return err
	}
	for _, dir := range []string{l.State, l.Dir} {
		if err := n.giveTree(dir, uid, gid); err != nil {
			return err
		}
	}
	// The folder above the state directory may hold other things, so that nothing in
	// it is given. It comes last, because at the root of a mount it is the data
	// directory: giveTree leaves out a tree whose top belongs to the user already.
	for _, dir := range []string{filepath.Dir(l.State), l.WALDir, SocketDir} {
		if err := giveError(host.Give(dir, uid, gid)); err != nil {
			return err
		}
	}
	return host.BecomeServerUser()
}

// makeFolders makes the state directory, the folder above it, and the one for WAL.
func makeFolders(l pgdata.Layout) error {
	if err := os.MkdirAll(filepath.Dir(l.State), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(l.State, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return makeWALDir(l.WALDir)
}

// makeWALDir makes dir, POSTGRES_INITDB_WALDIR, where it is set.
func makeWALDir(dir string) error {
	if dir == "" {
		return nil
	}
	err := os.MkdirAll(dir, 0o755)
	if errors.Is(err, fs.ErrPermission) {
		err = &pg.Fault{Text: "POSTGRES_INITDB_WALDIR cannot be made: " + err.Error(), Exit: exitOwner, Err: err,
			Fix: "Mount a volume of the server's user at " + dir + ", or let the container start as root."}
	}
	return err
}
