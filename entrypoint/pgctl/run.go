package pgctl

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"pgreplica/entrypoint/pg"
)

// grace is how long a program has between SIGTERM and SIGKILL.
const grace = 2 * time.Second

// A ProgramError says that a program of PostgreSQL failed, or could not be
// started.
type ProgramError struct {
	Program string
	Line    string // the last error on standard error, or else the last line there
	Err     error
}

func (e *ProgramError) Error() string {
	if e.Line == "" {
		return e.Program + ": " + e.Err.Error()
	}
	return e.Program + ": " + e.Line
}

func (e *ProgramError) Unwrap() error { return e.Err }

// A LineFunc receives each line that a program writes, without its line end.
type LineFunc func(program, line string)

// A job is one run of a program.
type job struct {
	program string
	args    []string
	stdin   string
	env     []string // added to our own environment
	stdout  io.Writer
	onLine  LineFunc
}

// run runs a program in a process group of its own, and returns when the whole
// group has ended, also when ctx ends it. Without the group pg_basebackup would
// leave its WAL receiver running.
func run(ctx context.Context, j job) error {
	lines := &lineWriter{onLine: func(line string) { j.onLine(j.program, line) }}
	cmd := exec.CommandContext(ctx, j.program, j.args...)
	cmd.Env = append(os.Environ(), append(j.env, "LC_MESSAGES=C")...)
	cmd.Stdin = strings.NewReader(j.stdin)
	cmd.Stdout, cmd.Stderr = j.stdout, lines
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = grace
	if err := cmd.Start(); err != nil {
		return &ProgramError{Program: j.program, Err: err}
	}
	err := cmd.Wait()
	endGroup(cmd.Process.Pid)
	lines.flush()
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", j.program, ctx.Err())
	}
	if err != nil {
		return &ProgramError{Program: j.program, Line: cmp.Or(lines.failure, lines.last), Err: err}
	}
	return nil
}

// endGroup kills what is left in the process group of a program that has ended,
// and waits until the group is empty. As process 1 we inherit these processes,
// so they are reaped here.
func endGroup(group int) {
	for syscall.Kill(-group, syscall.SIGKILL) == nil {
		_, _ = syscall.Wait4(-group, nil, syscall.WNOHANG, nil)
		time.Sleep(5 * time.Millisecond)
	}
}

// lineWriter passes on whole lines. It remembers the last line, and the last
// one that is an error: the lines after an error are often only advice.
type lineWriter struct {
	onLine        func(string)
	rest          []byte // of a line that has not ended yet
	last, failure string
}

// mostOfALine is how much of a line is kept: a stranger's server may have the last
// word in it.
const mostOfALine = 64 << 10

func (w *lineWriter) Write(text []byte) (int, error) {
	w.rest = append(w.rest, text...)
	for {
		line, rest, found := bytes.Cut(w.rest, []byte("\n"))
		if !found {
			w.rest = w.rest[:min(len(w.rest), mostOfALine)]
			return len(text), nil
		}
		w.add(string(line))
		w.rest = rest
	}
}

func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.add(string(w.rest))
	}
}

func (w *lineWriter) add(line string) {
	if line = pg.Said(line); line != "" {
		w.last = line
		if isError(line) {
			w.failure = line
		}
		w.onLine(line)
	}
}
