package provision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// tryStart finds out what only a start can: it has postgres go through one with
// the configuration file conf, beside the data. reasons say why that server would
// end; a trial that cannot be made gives none.
func (f Files) tryStart(ctx context.Context, conf string) (reasons []string, err error) {
	at, err := trialFolder()
	if err != nil {
		return nil, nil
	}
	defer os.RemoveAll(at)
	if pgdata.MakeTrial(f.Dir, at) != nil {
		return nil, nil // a new cluster has no pg_control yet
	}
	args := append(f.Args[:len(f.Args):len(f.Args)], "-c", "config_file="+conf)
	if f.Running {
		args = append(args, "-c", "huge_pages=try") // the server that runs may have them all
	}
	err = pgctl.Try(ctx, at, args)
	refused, is := errors.AsType[*pgctl.ConfError](err)
	if !is {
		return nil, err
	}
	for _, line := range refused.Lines {
		reasons = append(reasons, strings.ReplaceAll(line, at+"/", ""))
	}
	return reasons, nil
}

// trialFolder makes a folder for a trial in the container, not on the volume.
func trialFolder() (string, error) {
	at, err := os.MkdirTemp("", "pgreplica-trial-")
	if err != nil { // a root that is read-only, and no tmpfs on /tmp
		at, err = os.MkdirTemp(node.RunDir, "trial-")
	}
	return at, err
}

// tryCandidate tries a start with a mounted file of a new cluster, whose text was
// checked before there was anything to try it with.
func (f Files) tryCandidate(ctx context.Context, m mountedFile, block string) error {
	reasons, err := f.withCandidate(m, block, func(candidate string) ([]string, error) { return f.tryStart(ctx, candidate) })
	if err != nil || len(reasons) == 0 {
		return err
	}
	rejected := f.reject(m, "", located(m.text, block, reasons)...)
	rejected.fix = newClusterFix
	return rejected
}

// located puts the line of the mounted file before what a trial said of it.
func located(text, block string, reasons []string) (all []string) {
	for _, reason := range reasons {
		if number := pgconf.LineNaming(text, reason); number > 0 {
			all = append(all, fmt.Sprintf("line %d: %s", number, reason))
		} else {
			all = append(all, atMountedLine(text, block, 0, reason))
		}
	}
	return all
}
