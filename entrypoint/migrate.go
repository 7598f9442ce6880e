package entrypoint

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgdata"
)

// MigrateLayout moves a cluster from the root of its volume to the layout of
// new volumes, while no server runs on it. It returns where the cluster is.
func MigrateLayout(ctx context.Context, log zerolog.Logger, cfg config.Config) (string, error) {
	from, err := pgdata.Locate(cfg.PGData)
	to := pgdata.Below(cfg.PGData)
	switch {
	case err != nil:
		return "", err
	case from.TwoLayouts:
		return "", fmt.Errorf("%s and %s both hold a cluster; move one of them out of the volume", to.Old, to.Dir)
	case from.Dir == to.Dir:
		return to.Dir, nil
	}
	n, err := node.Take(ctx, cfg, log, "", func(*node.Node) error { return pgdata.CheckFiles(to) })
	if err != nil {
		return "", err
	}
	return to.Dir, n.Explain(migrate(ctx, n, to))
}

// migrate locks the folders of the cluster, as a start does, waits for a server of
// another image, and moves the cluster.
func migrate(ctx context.Context, n *node.Node, to pgdata.Layout) error {
	s := start{Node: n}
	if err := s.lockParts(ctx); err != nil {
		return err
	}
	if err := node.AwaitServer(ctx, n); err != nil {
		return err
	}
	return pgdata.Migrate(n.Volume, to)
}
