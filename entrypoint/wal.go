package entrypoint

import (
	"context"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// lockWAL locks the folder that pg_wal leads to, where that is outside the data
// directory. The lock of the volume is not enough: on a copy of the volume pg_wal
// leads to the same folder.
func (s *start) lockWAL(ctx context.Context) error {
	folder := pgdata.WALFolder(s.Volume.Dir)
	if folder == "" || folder == s.wal {
		return nil
	}
	if err := s.Lock(ctx, folder); err != nil {
		return err
	}
	s.wal = folder
	return nil
}

// warnOfLayer warns of tablespaces and WAL that are removed with the container.
// Where the data directory itself is on no volume it says nothing: then the whole
// cluster is.
func warnOfLayer(n *node.Node) error {
	if n.Volume.Volume == pg.Layer {
		return nil
	}
	folders, err := pgdata.InLayer(n.Volume.Dir)
	for _, folder := range folders {
		n.Log.Warn().Str("dir", folder).Str("hint", keepFolder(n.Service(), folder)).
			Msg("a part of the cluster lies in the container, and goes with it")
	}
	return err
}

// keepFolder says how to bring a folder out of a container onto a volume.
func keepFolder(service pg.Service, folder string) string {
	return "Copy it out before the container is removed: " + service.Stop() + " && " +
		service.Copy(folder, "./kept") + ". Then mount ./kept at " + folder + " under the service's volumes."
}
