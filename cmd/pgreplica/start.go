package main

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
)

// start prepares the server and becomes it; args are postgres's.
func start(ctx context.Context, args []string) (int, error) {
	if slices.ContainsFunc(args, onlyAsks) {
		return exitFailed, pgctl.Become("postgres", args, os.Environ())
	}
	if slices.ContainsFunc(args, showsSetting) {
		cfg, _, _ := entrypoint.Configuration() // its defaults do, where there are mistakes
		return exitFailed, entrypoint.Show(cfg, args)
	}
	cfg, warnings, err := entrypoint.Configuration()
	log := entrypoint.NewLog(os.Stderr, cfg, os.Getpid())
	if err == nil {
		for _, w := range warnings {
			log.Warn().Str("hint", w.Remedy).Msg(w.Variable + " " + w.What)
		}
		err = entrypoint.Start(ctx, log, cfg, args)
	}
	if ctx.Err() == nil {
		fail(log, err)
	}
	return pg.ExitStatus(err), nil
}

// onlyAsks are arguments that make postgres answer and not start.
func onlyAsks(arg string) bool {
	return slices.Contains([]string{"-?", "--help", "-V", "--version", "--describe-config"}, arg)
}

// showsSetting is the argument that makes postgres print a value and end.
func showsSetting(arg string) bool { return strings.HasPrefix(arg, "-C") }

// fail writes the one error event of a start, its last line.
func fail(log zerolog.Logger, err error) {
	event := log.Error().Int("exit", pg.ExitStatus(err))
	if text := pg.Hint(err); text != "" {
		event = event.Str("hint", text)
	}
	event.Msg(err.Error())
}
