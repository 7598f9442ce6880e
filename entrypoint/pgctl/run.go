package pgctl

import (
	"bytes"
	"cmp"
	"context"
	"errors"
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
	Line    string // the last error on standard error, or else the last line there that is no mere progress
	Err     error
}

// Killed says whether SIGKILL has ended the program, or a program that it ran.
func (e *ProgramError) Killed() bool {
	exited, ok := errors.AsType[*exec.ExitError](e.Err)
	if ok && exited.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return true
	}
	return strings.Contains(e.Line, "terminated by signal 9") || strings.Contains(e.Line, "exited with exit code 137")
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
	spare   bool          // where memory runs out, this program goes before a server
	quiet   func(Silence) // called every second in which the program has said nothing; may be nil
}

// A Silence is how long a program has said nothing, and a process of its that was
// stopped, as by SIGSTOP; 0 where none was.
type Silence struct {
	For     time.Duration
	Stopped int
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
	var err error
	if j.quiet == nil {
		err = cmd.Start()
	} else {
		err = startQuiet(cmd, lines, j.quiet)
	}
	if err != nil {
		return &ProgramError{Program: j.program, Err: err}
	}
	if j.spare {
		offerToKill(cmd.Process.Pid)
	}
	err = cmd.Wait()
	endGroup(cmd.Process.Pid)
	lines.flush()
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", j.program, ctx.Err())
	}
	if err != nil {
		return &ProgramError{Program: j.program, Line: lines.reason(err), Err: err}
	}
	return nil
}

// offerToKill names a process as the first to go where memory runs out.
func offerToKill(pid int) {
	if file, err := os.OpenFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid), os.O_WRONLY, 0); err == nil {
		_, _ = file.WriteString("1000")
		_ = file.Close()
	}
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

// reason is the line that says why a program has ended with err. One that a signal
// has ended had no time to say it: its last line is what it was doing.
func (w *lineWriter) reason(err error) string {
	if exited, ok := errors.AsType[*exec.ExitError](err); ok && exited.Sys().(syscall.WaitStatus).Signaled() {
		return w.failure
	}
	return cmp.Or(w.failure, w.last)
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
		if !tidiesUp(line) {
			w.last = line
		}
		if isError(line) {
			w.failure = line
		}
		w.onLine(line)
	}
}

// tidiesUp says whether a line only tells what a program that has failed removes,
// or leaves.
func tidiesUp(line string) bool {
	return strings.Contains(line, ": removing ") || strings.HasSuffix(line, "not removed at user's request")
}
