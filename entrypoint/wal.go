package entrypoint

import (
	"context"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// lockParts locks the folders that the volume's lock does not protect: the data
// directory itself, which another container may have mounted without the folder
// above it, and where its links lead, which on a copy of the volume is the same
// place. It lets go of those that are no part of the cluster any more, such as data
// that was set aside.
func (s *start) lockParts(ctx context.Context) error {
	parts := pgdata.Apart(s.Volume, s.Major)
	s.locks.Keep(parts)
	for _, folder := range parts {
		if err := s.Lock(ctx, folder, s.locks.Take); err != nil {
			return err
		}
	}
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
