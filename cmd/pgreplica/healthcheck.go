package main

import (
	"context"
	"fmt"
	"time"

	"pgreplica/entrypoint"
)

// healthLimit is below Docker's own, so that the reason is still printed.
const healthLimit = 3 * time.Second

// healthcheck prints one line and exits 0 or 1, because Docker reserves 2.
func healthcheck(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 {
		return 0, usageError("healthcheck")
	}
	limited, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	cfg, _, err := entrypoint.Configuration()
	line := ""
	if err == nil {
		line, err = entrypoint.Health(limited, cfg)
	}
	if err != nil {
		fmt.Println(err)
		return exitFailed, nil
	}
	fmt.Println(line)
	return 0, nil
}
