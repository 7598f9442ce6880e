package main

import (
	"context"
	"fmt"

	"pgreplica/entrypoint"
)

// status prints how replication is doing; it exits 0 where all is well, 1 on a
// warning, 2 where it does not work and 3 where that cannot be known.
func status(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 {
		return 0, usageError("status")
	}
	cfg, _, err := entrypoint.Configuration()
	if err != nil {
		return 0, err
	}
	report, err := entrypoint.Status(ctx, cfg)
	if err != nil {
		return 0, err
	}
	_, err = fmt.Print(report)
	return int(report.Level), err
}
