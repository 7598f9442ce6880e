package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/look"
	"pgreplica/entrypoint/node"
)

const healthArgs = "[--ready | --live] [--wait] [--max-lag-bytes N] [--max-lag-time T]"

const healthManual = `It prints one line and exits 0 or 1.

  --ready              does this server do its work? (what no flag means)
  --live               does it live? Copying, recovering and waiting are life
  --wait               while a start copies, makes a cluster or recovers, wait for
                       its end: for Docker, which then says starting. A start
                       that only waits, or stands still, has ten minutes
  --max-lag-bytes N    not ready where a standby has more than N left to replay
                       (64MB, 1GB; HEALTHCHECK_MAX_LAG says the same)
  --max-lag-time T     not ready where a standby is more than T late (30s, 5min),
                       what APPLY_DELAY asks for aside
`

// healthcheck prints one line and exits 0 or 1, because Docker reserves 2.
func healthcheck(ctx context.Context, args []string) (int, error) {
	flags := flag.NewFlagSet("healthcheck", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var bytes config.Size
	var late config.Duration
	live := flags.Bool("live", false, "")
	ready := flags.Bool("ready", false, "")
	wait := flags.Bool("wait", false, "")
	flags.Func("max-lag-bytes", "", bytes.Decode)
	flags.Func("max-lag-time", "", late.Decode)
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || *ready && *live {
		return 0, usageError("healthcheck " + healthArgs)
	}
	var ask look.Asker = func() (string, doctor.Seen, error) { return health(ctx, *live, int64(bytes), time.Duration(late)) }
	if *wait {
		ask = look.WhenDone(ctx, ask)
	}
	line, _, err := ask()
	if err != nil {
		fmt.Println(err)
		return exitFailed, nil
	}
	fmt.Println(line)
	return 0, nil
}

// health is the line of a server that does its work, or lives, where live is asked
// for. A maxBehind of 0 is the environment's, a maxDelay of 0 is no limit.
func health(ctx context.Context, live bool, maxBehind int64, maxDelay time.Duration) (string, doctor.Seen, error) {
	n, err := openToLook()
	if err != nil {
		return "", doctor.Seen{}, err
	}
	depth := look.Health
	if live {
		depth = look.Live
	}
	seen, err := look.Gather(ctx, n, depth)
	if err != nil {
		return "", seen, err
	}
	seen.MaxDelay, seen.MaxBehind = maxDelay, cmp.Or(maxBehind, seen.MaxBehind)
	line, err := doctor.Health(seen, live)
	if err == nil && !live {
		node.Ready()
	}
	return line, seen, err
}

// openToLook opens this container's node for a command that only looks.
func openToLook() (*node.Node, error) {
	cfg, _, err := node.ConfigurationToLook()
	if err != nil {
		return nil, err
	}
	return node.Open(cfg, zerolog.Nop())
}
