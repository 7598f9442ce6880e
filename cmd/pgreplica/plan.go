package main

import (
	"context"
	"fmt"
	"os"

	"pgreplica/entrypoint"
	"pgreplica/entrypoint/node"
)

// showPlan prints what a start would do next and changes nothing.
func showPlan(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 {
		return 0, usageError("plan")
	}
	cfg, _, err := node.Configuration()
	if err != nil {
		return 0, err
	}
	n, err := node.Open(cfg, node.NewLog(os.Stderr, cfg, os.Getpid()))
	if err != nil {
		return 0, err
	}
	next, err := entrypoint.Foresee(ctx, n)
	if err != nil {
		return 0, err
	}
	_, err = fmt.Printf("why:   %s\nsteps: %s\n", next.Why, next)
	return 0, err
}
