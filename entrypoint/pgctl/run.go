// Package pgctl runs PostgreSQL's own programs: it knows their arguments and
// their output, and it outlives every process that it starts.
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

// A ProgramError is a program of PostgreSQL's that failed.
type ProgramError struct {
	Program string
	Line    string // the last line on standard error that tells of an error, else the last one
	Err     error
}

func (e *ProgramError) Error() string {
	if e.Line == "" {
		return e.Program + ": " + e.Err.Error()
	}
	return e.Program + ": " + e.Line
}

func (e *ProgramError) Unwrap() error { return e.Err }

// A Tell receives the lines that a program writes, without their ends.
type Tell func(program, line string)

type job struct {
	program string
	args    []string
	stdin   string
	env     []string // added to this process's
	stdout  io.Writer
	tell    Tell
}

// run runs a program in a process group of its own and returns when the whole
// group is gone, also when ctx ends it: pg_basebackup leaves its WAL receiver
// behind otherwise.
func run(ctx context.Context, j job) error {
	lines := &lineWriter{tell: func(line string) { j.tell(j.program, line) }}
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

// endGroup kills what is left of the process group of a program that has ended,
// and waits until it is gone; as process 1 it reaps what it inherited of it.
func endGroup(group int) {
	for syscall.Kill(-group, syscall.SIGKILL) == nil {
		_, _ = syscall.Wait4(-group, nil, syscall.WNOHANG, nil)
		time.Sleep(5 * time.Millisecond)
	}
}

// lineWriter hands on whole lines and remembers the last one, and the last one
// that tells of an error: what follows it is often only advice.
type lineWriter struct {
	tell          func(string)
	rest          []byte
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
		w.line(string(line))
		w.rest = rest
	}
}

func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.line(string(w.rest))
	}
}

func (w *lineWriter) line(line string) {
	if line = pg.Said(line); line != "" {
		w.last = line
		if isError(line) {
			w.failure = line
		}
		w.tell(line)
	}
}
