package main

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint"
	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
)

// start prepares the server and becomes it. args are those of postgres.
func start(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 && isNoArgument(args[0]) {
		return 0, unknown(args[0], exitUsage)
	}
	if slices.ContainsFunc(args, onlyAsks) {
		return exitFailed, pgctl.Become("postgres", args, os.Environ())
	}
	if slices.ContainsFunc(args, showsSetting) {
		return exitFailed, showSetting(args)
	}
	cfg, warnings, err := node.Configuration()
	log := node.NewLog(os.Stderr, cfg, os.Getpid())
	if err == nil {
		for _, w := range warnings {
			log.Warn().Str("hint", w.Remedy).Msg(w.Variable + " " + w.What)
		}
		err = become(ctx, log, cfg, args)
	}
	if ctx.Err() == nil {
		fail(log, err)
	}
	return pg.ExitStatus(err), nil
}

// become prepares the server and becomes it. It returns only when that fails.
func become(ctx context.Context, log zerolog.Logger, cfg config.Config, args []string) error {
	server, err := entrypoint.Prepare(ctx, log, cfg, args)
	if err != nil {
		return err
	}
	return server.Become()
}

// isNoArgument is true of a word that postgres would refuse only when everything is
// ready: its long arguments have a value, as --work_mem=8MB, but for these.
func isNoArgument(arg string) bool {
	alone := []string{"--", "--help", "--version", "--describe-config", "--single", "--boot", "--check"}
	return strings.HasPrefix(arg, "--") && !strings.Contains(arg, "=") && !slices.Contains(alone, arg)
}

// onlyAsks are arguments that make postgres answer and not start.
func onlyAsks(arg string) bool {
	return slices.Contains([]string{"-?", "--help", "-V", "--version", "--describe-config"}, arg)
}

// showsSetting is the argument that makes postgres print a value and end.
func showsSetting(arg string) bool { return strings.HasPrefix(arg, "-C") }

// showSetting has postgres print the value of a setting of this container's server.
// A mistake in the environment does not stop that: the variable's default is used.
func showSetting(args []string) error {
	cfg, _, _ := node.Configuration()
	n, err := node.Open(cfg, zerolog.Nop())
	if err != nil {
		return err
	}
	return n.Server(args).Become()
}

// fail logs the error that ends a start, as its last line.
func fail(log zerolog.Logger, err error) {
	event := log.Error().Int("exit", pg.ExitStatus(err))
	if text := pg.Hint(err); text != "" {
		event = event.Str("hint", text)
	}
	event.Msg(err.Error())
}
