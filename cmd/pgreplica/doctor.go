package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"pgreplica/entrypoint/look"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/report"
)

const doctorManual = `It prints what is wrong, or will be, and what to type against it; with --all
also what is well. It works before the first start, on a stopped server's
volume and on either side of a pair that runs. It changes nothing.

  --all    list every check
  --json   print every check as one JSON object

It exits 0 where all is well, 1 on a warning, 2 where something is critical
and 3 where it cannot be known.
`

// examine prints what is wrong with this server, its volume and its upstream.
func examine(ctx context.Context, args []string) (int, error) {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	all, asJSON := flags.Bool("all", false, ""), flags.Bool("json", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return 0, usageError("doctor [--all | --json]")
	}
	cfg, warnings, wrong := node.ConfigurationToLook()
	seen, err := look.Examine(ctx, cfg, warnings, wrong)
	if err != nil {
		return 0, err
	}
	diagnosis := report.DiagnosisOf(seen)
	text := diagnosis.String()
	switch {
	case *asJSON:
		text, err = diagnosis.JSON()
	case *all:
		text = diagnosis.All()
	}
	_, printed := fmt.Print(text)
	return int(diagnosis.Level()), errors.Join(err, printed)
}
