package pgctl

import (
	"context"
	"errors"
	"strings"
)

// Single runs statements, each of one line, in PostgreSQL's single-user mode,
// in which nobody can connect. A cluster that was not shut down is recovered
// first. A statement that fails does not stop the next ones; the first failure
// is the error. The database is template1, because postgres may have been dropped.
func Single(ctx context.Context, dir string, statements []string, onLine LineFunc) error {
	var failure string
	watch := func(program, line string) {
		// postgres goes on after a failed statement and exits with 0.
		if failure == "" && isError(line) {
			failure = line
		}
		onLine(program, line)
	}
	args := []string{"--single", "-D", dir,
		// These outrank the user's configuration: no statement in the log,
		// English messages on stderr, no wait for a standby, and not read-only.
		"-c", "log_statement=none", "-c", "log_min_duration_statement=-1", "-c", "log_min_error_statement=panic",
		"-c", "lc_messages=C", "-c", "log_destination=stderr", "-c", "synchronous_standby_names=", "-c", "default_transaction_read_only=off",
		"template1"}
	err := run(ctx, job{program: "postgres", args: args, stdin: strings.Join(statements, "\n") + "\n", onLine: watch})
	if err == nil && failure != "" {
		err = &ProgramError{Program: "postgres --single", Line: failure, Err: errors.New("a statement failed")}
	}
	return err
}

// isError recognises an error of a server and, from 12 on, of its programs.
func isError(line string) bool {
	for _, level := range []string{"ERROR:  ", "FATAL:  ", "PANIC:  ", ": error: ", ": fatal: ", "child process was terminated by ", "child process exited with "} {
		if strings.Contains(line, level) {
			return true
		}
	}
	return false
}
