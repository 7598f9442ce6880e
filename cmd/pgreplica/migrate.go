package main

import (
	"context"
	"fmt"
	"os"

	"pgreplica/entrypoint"
	"pgreplica/entrypoint/node"
)

// migrateLayout moves an old volume's cluster below the root of the volume.
func migrateLayout(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 {
		return 0, usageError("migrate-layout")
	}
	cfg, _, err := node.Configuration()
	if err != nil {
		return 0, err
	}
	dir, err := entrypoint.MigrateLayout(ctx, node.NewLog(os.Stderr, cfg, os.Getpid()), cfg)
	if err != nil {
		return 0, err
	}
	_, err = fmt.Printf("the cluster is in %s\n", dir)
	return 0, err
}
