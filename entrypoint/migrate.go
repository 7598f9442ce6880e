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
	n, err := node.Take(ctx, cfg, log, func(*node.Node) error { return pgdata.CheckFiles(to) })
	if err != nil {
		return "", err
	}
	for _, folder := range pgdata.Apart(n.Volume, n.Major) {
		if err := n.Lock(ctx, folder, pgdata.Lock); err != nil {
			return "", err
		}
	}
	if err := node.AwaitServer(ctx, n); err != nil {
		return "", err
	}
	return to.Dir, n.Explain(pgdata.Migrate(n.Volume, to))
}
