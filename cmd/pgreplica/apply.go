package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/provision"
)

const applyManual = `It places the mounted files that have changed, has the server read them, gives
the roles of a primary the passwords of the environment and its files, and a
standby the one that it logs in with. It prints a line for each, and names the
settings that wait for a restart. What a file replaces is kept as old_NAME.

  --replace   place the mounted files also over what was edited in the data
              directory, which is kept otherwise

It exits 78 where a mounted file was rejected: the previous one then stays.
`

// apply brings the server that runs up to date with its configuration.
func apply(ctx context.Context, args []string) (int, error) {
	flags := flag.NewFlagSet("apply", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	replace := flags.Bool("replace", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return 0, usageError("apply [--replace]")
	}
	cfg, _, err := node.Configuration()
	if err != nil {
		return 0, err
	}
	n, err := node.Open(cfg, zerolog.Nop())
	if err != nil {
		return 0, err
	}
	changes, err := provision.Apply(ctx, n, *replace)
	if text := changes.Text(); err == nil || text != provision.NothingToDo {
		fmt.Print(text)
	}
	return 0, err
}
