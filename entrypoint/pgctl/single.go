package pgctl

import (
	"context"
	"errors"
	"strings"
)

// Single runs statements, one a line, in a server that nobody can reach:
// PostgreSQL's single-user mode. It recovers a cluster that was not shut down. The
// database is template1, as initdb's own: postgres may have been dropped.
func Single(ctx context.Context, dir string, statements []string, tell Tell) error {
	var failure string
	watch := func(program, line string) {
		// A failed statement does not end the program: its message tells.
		if failure == "" && isError(line) {
			failure = line
		}
		tell(program, line)
	}
	args := []string{"--single", "-D", dir,
		// Whatever the user's configuration says: no statement in the log, no
		// wait for a standby, no trigger or statistics in the way.
		"-c", "log_statement=none", "-c", "log_min_duration_statement=-1", "-c", "log_min_error_statement=panic",
		"-c", "lc_messages=C", "-c", "log_destination=stderr", "-c", "synchronous_standby_names=", "-c", "default_transaction_read_only=off",
		"template1"}
	err := run(ctx, job{program: "postgres", args: args, stdin: strings.Join(statements, "\n") + "\n", tell: watch})
	if err == nil && failure != "" {
		err = &ProgramError{Program: "postgres --single", Line: failure, Err: errors.New("a statement failed")}
	}
	return err
}

// isError tells a server's errors and, from 12 on, those of its programs.
func isError(line string) bool {
	for _, level := range []string{"ERROR:  ", "FATAL:  ", "PANIC:  ", ": error: ", ": fatal: "} {
		if strings.Contains(line, level) {
			return true
		}
	}
	return false
}
