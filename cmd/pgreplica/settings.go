package main

import (
	"context"
	"os"
	"slices"

	"pgreplica/entrypoint/config"
)

// settings prints the manual of the variables, or a .env to begin with.
func settings(_ context.Context, args []string) (int, error) {
	switch {
	case len(args) == 0:
		return 0, config.WriteManual(os.Stdout)
	case slices.Equal(args, []string{"--random"}):
		return 0, config.WriteRandomEnv(os.Stdout)
	}
	return 0, usageError("settings [--random]")
}
