package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"pgreplica/entrypoint"
	"pgreplica/entrypoint/config"
)

// healthLimit is below Docker's own, so that the reason is still printed.
const healthLimit = 3 * time.Second

const healthArgs = "[--ready | --live] [--max-lag-bytes N] [--max-lag-time T]"

const healthManual = `It prints one line and exits 0 or 1.

  --ready              does this server do its work? (what no flag means)
  --live               does it live? Copying, recovering and waiting are life
  --max-lag-bytes N    not ready where a standby has more than N left to replay
                       (64MB, 1GB; HEALTHCHECK_MAX_LAG says the same)
  --max-lag-time T     not ready where a standby is more than T late (30s, 5min),
                       what APPLY_DELAY asks for aside
`

// healthcheck prints one line and exits 0 or 1, because Docker reserves 2.
func healthcheck(ctx context.Context, args []string) (int, error) {
	flags := flag.NewFlagSet("healthcheck", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var probe entrypoint.Probe
	var bytes config.Size
	var late config.Duration
	flags.BoolVar(&probe.Live, "live", false, "")
	ready := flags.Bool("ready", false, "")
	flags.Func("max-lag-bytes", "", bytes.Decode)
	flags.Func("max-lag-time", "", late.Decode)
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || *ready && probe.Live {
		return 0, usageError("healthcheck " + healthArgs)
	}
	probe.MaxLag, probe.MaxDelay = int64(bytes), time.Duration(late)
	limited, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	cfg, err := entrypoint.ConfigurationToLook()
	line := ""
	if err == nil {
		line, err = entrypoint.Health(limited, cfg, probe)
	}
	if err != nil {
		fmt.Println(err)
		return exitFailed, nil
	}
	fmt.Println(line)
	return 0, nil
}
