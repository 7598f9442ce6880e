package main

import (
	"context"
	"fmt"
	"os"

	"pgreplica/entrypoint"
)

// showPlan prints what a start would do next and changes nothing.
func showPlan(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 {
		return 0, usageError("plan")
	}
	cfg, _, err := entrypoint.Configuration()
	if err != nil {
		return 0, err
	}
	next, err := entrypoint.Foresee(ctx, entrypoint.NewLog(os.Stderr, cfg, os.Getpid()), cfg)
	if err != nil {
		return 0, err
	}
	_, err = fmt.Printf("why:   %s\nsteps: %s\n", next.Why, next)
	return 0, err
}
