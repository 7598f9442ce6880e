package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/look"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/report"
)

const statusArgs = "[-v] [--json | --quiet] [--watch[=2s]]"

const statusManual = `The verdict comes first, then a row a node and a row a slot, then what is wrong
and what to type against it. Marks: * this node, ! trouble, ? cannot be reached.

  -v             also where the bytes are that a standby is behind
  --json         one JSON object; within its version, names are only added
  --quiet        the verdict alone
  --watch[=2s]   again and again, until a signal

BEHIND is what a standby has yet to replay, in bytes of the primary's WAL. DELAY
is how late it is; - is what cannot be known, HEARD the age of the last message.

It exits 0 where all is well, 1 on a warning, 2 where replication does not work
and 3 where that cannot be known.
`

// A view is how status is asked to print.
type view struct {
	verbose, json, quiet bool
	every                config.Duration // 0 is once
}

// status prints how replication is doing, once or until a signal.
func status(ctx context.Context, args []string) (int, error) {
	asked, err := parseView(args)
	if err != nil {
		return 0, err
	}
	cfg, _, err := node.ConfigurationToLook()
	if err != nil {
		return 0, err
	}
	for {
		n, err := node.Open(cfg, zerolog.Nop())
		if err != nil {
			return 0, err
		}
		seen, err := look.Gather(ctx, n, look.Status)
		if err != nil {
			return 0, err
		}
		said := report.Of(seen)
		text, err := asked.textOf(said)
		if err != nil {
			return 0, err
		}
		if asked.every > 0 && isTerminal(os.Stdout) {
			text = inPlace(text)
		}
		if _, err := io.WriteString(os.Stdout, text); err != nil || asked.every == 0 {
			return int(said.Level), err
		}
		select {
		case <-ctx.Done():
			return int(said.Level), nil
		case <-time.After(time.Duration(asked.every)):
		}
	}
}

// parseView reads the arguments of status; its error says which one is wrong.
func parseView(args []string) (view, error) {
	var asked view
	flags := flag.NewFlagSet("status", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&asked.verbose, "v", false, "")
	flags.BoolVar(&asked.json, "json", false, "")
	flags.BoolVar(&asked.quiet, "quiet", false, "")
	flags.BoolFunc("watch", "", func(text string) error {
		if text == "true" { // no value
			text = "2s"
		}
		err := asked.every.Decode(text)
		if err == nil && asked.every <= 0 {
			err = fmt.Errorf("%s is no time to wait", text)
		}
		return err
	})
	err := flags.Parse(args)
	switch {
	case err != nil:
		return asked, misuse("status", err.Error())
	case flags.NArg() > 0:
		return asked, misuse("status", fmt.Sprintf("%q is too much", flags.Arg(0)))
	case asked.json && asked.quiet:
		return asked, misuse("status", "--json and --quiet do not go together")
	}
	return asked, nil
}

// textOf is a report as it was asked for.
func (v view) textOf(r report.Report) (string, error) {
	switch {
	case v.json && v.every > 0:
		return r.JSON("")
	case v.json:
		return r.JSON("  ")
	case v.quiet:
		return r.Line(), nil
	}
	return r.Text(v.verbose), nil
}

// inPlace is text for a terminal that overwrites the screen: it begins at the top,
// clears the rest of each line, and then what is left below.
func inPlace(text string) string {
	return "\x1b[H" + strings.ReplaceAll(text, "\n", "\x1b[K\n") + "\x1b[J"
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
