package entrypoint

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// lockWAL takes the folder that pg_wal leads to, where it leads out of the data
// directory: on a copy of the volume it leads to the same one.
func (n *Node) lockWAL(ctx context.Context) error {
	folder := pgdata.WALFolder(n.layout.Dir)
	if folder == "" || folder == n.wal {
		return nil
	}
	if err := n.lockFolder(ctx, folder); err != nil {
		return err
	}
	n.wal = folder
	return nil
}

// makeWALDir makes the folder that the WAL of new data gets a folder in.
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

// warnOfLayer tells of tablespaces and WAL that go with the container. Without
// a volume for the data directory itself that is the lesser evil.
func (n *Node) warnOfLayer() error {
	if n.layout.Volume == pg.Layer {
		return nil
	}
	folders, err := pgdata.InLayer(n.layout.Dir)
	for _, folder := range folders {
		n.log.Warn().Str("dir", folder).Str("hint", keepFolder(n.service(), folder)).
			Msg("a part of the cluster lies in the container, and goes with it")
	}
	return err
}

// keepFolder is how to bring a folder out of a container onto a volume.
func keepFolder(service pg.Service, folder string) string {
	return "Copy it out before the container is removed: " + service.Stop() + " && " +
		service.Copy(folder, "./kept") + ". Then mount ./kept at " + folder + " under the service's volumes."
}
