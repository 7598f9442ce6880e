package pgctl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A Control is what pg_control says about a cluster, running or stopped.
type Control struct {
	State               string // in production, shut down, shut down in recovery, ... as pg_controldata has it
	SystemID            pg.SystemID
	Checkpoint          pg.LSN // of the last checkpoint's record, not where its redo begins
	CheckpointTimeline  pg.Timeline
	MinRecovery         pg.LSN      // a standby is consistent when it has replayed up to here; 0 on a primary
	MinRecoveryTimeline pg.Timeline // of MinRecovery; newer than CheckpointTimeline right after a promotion
	SegmentSize         uint64      // of a WAL file, in bytes

	// A standby must not have less of any of these than its primary.
	MaxConnections, MaxWorkerProcesses, MaxWALSenders, MaxPreparedTransactions, MaxLocksPerTransaction int
}

// Timeline is the timeline that the cluster is on. Where a server stopped right
// after its promotion, its last checkpoint is still on the timeline before.
func (c Control) Timeline() pg.Timeline { return max(c.CheckpointTimeline, c.MinRecoveryTimeline) }

// ControlData reads the pg_control of the cluster in dir with pg_controldata.
// Where pg_controldata only warns, that the checksum is wrong for example, this
// is an error.
func ControlData(ctx context.Context, dir string) (Control, error) {
	var out bytes.Buffer
	warning := ""
	watch := func(_, line string) {
		if strings.Contains(line, ": warning: ") { // 14 and later
			warning = line
		}
	}
	err := run(ctx, job{program: "pg_controldata", args: []string{"--pgdata=" + dir}, env: []string{"LC_ALL=C"}, stdout: &out, onLine: watch})
	if err != nil {
		return Control{}, err
	}
	if warning != "" {
		return Control{}, &ProgramError{Program: "pg_controldata", Line: warning, Err: errors.New("pg_control cannot be trusted")}
	}
	return parseControlData(out.String())
}

// parseControlData reads the lines "label:   value".
func parseControlData(text string) (Control, error) {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		label, value, found := strings.Cut(line, ":")
		if label == "WARNING" { // 13
			return Control{}, fmt.Errorf("pg_controldata: pg_control cannot be trusted:%s", strings.TrimRight(value, "\r\n"))
		}
		if found {
			values[label] = strings.TrimSpace(value)
		}
	}
	var c Control
	var errs []error
	read := func(label string, parse func(text string) error) {
		if err := parse(values[label]); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", label, err))
		}
	}
	read("Database cluster state", func(text string) error {
		if c.State = text; text == "" {
			return errors.New("it says none")
		}
		return nil
	})
	read("Database system identifier", func(text string) (err error) { c.SystemID, err = pg.ParseSystemID(text); return })
	read("Latest checkpoint location", func(text string) (err error) { c.Checkpoint, err = pg.ParseLSN(text); return })
	read("Latest checkpoint's TimeLineID", parseInto(&c.CheckpointTimeline))
	read("Minimum recovery ending location", func(text string) (err error) { c.MinRecovery, err = pg.ParseLSN(text); return })
	read("Min recovery ending loc's timeline", parseInto(&c.MinRecoveryTimeline))
	read("Bytes per WAL segment", func(text string) error { return parseSegmentSize(text, &c.SegmentSize) })
	read("max_connections setting", parseInto(&c.MaxConnections))
	read("max_worker_processes setting", parseInto(&c.MaxWorkerProcesses))
	read("max_wal_senders setting", parseInto(&c.MaxWALSenders))
	read("max_prepared_xacts setting", parseInto(&c.MaxPreparedTransactions))
	read("max_locks_per_xact setting", parseInto(&c.MaxLocksPerTransaction))
	if err := errors.Join(errs...); err != nil {
		return Control{}, fmt.Errorf("read the output of pg_controldata: %w", err)
	}
	return c, nil
}

// parseInto makes a function that parses a number and stores it.
func parseInto[T ~int | ~uint32](into *T) func(string) error {
	return func(text string) error {
		n, err := strconv.ParseUint(text, 10, 32)
		*into = T(n)
		return err
	}
}

// parseSegmentSize accepts the sizes that initdb --wal-segsize accepts: powers
// of two from 1 MB to 1 GB.
func parseSegmentSize(text string, into *uint64) error {
	size, err := strconv.ParseUint(text, 10, 32)
	if err == nil && (size < 1<<20 || size > 1<<30 || size&(size-1) != 0) {
		err = fmt.Errorf("%d is no size of a WAL segment", size)
	}
	*into = size
	return err
}
