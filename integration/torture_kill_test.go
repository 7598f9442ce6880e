//go:build integration

package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A moment is when a start is killed: before its nth system call of a name, or some
// time after docker run.
type moment struct {
	call  string
	n     int
	line  string // how strace shows the call
	after time.Duration
}

func (k moment) String() string {
	if k.call == "" {
		return "after " + k.after.Round(time.Millisecond).String()
	}
	return fmt.Sprintf("before %s %d, %.120s", k.call, k.n, k.line)
}

// calls change what is on the volume or on the primary, or begin a program. One
// that only makes durable is not among them: a kill takes nothing that was written.
var calls = []string{"mkdir", "mkdirat", "openat", "write", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "rmdir",
	"ftruncate", "chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown", "fchownat", "clone", "clone3", "execve"}

// traced starts a container whose entrypoint runs under strace. It follows no
// thread and no child: every step of ours runs on the first thread.
func (l *lab) traced(f flow, volume, name string, options ...string) Container {
	l.t.Helper()
	args := append([]string{"run", "--detach", "--cap-add", "SYS_PTRACE", "--env", "GODEBUG=asyncpreemptoff=1",
		"--volume", filepath.Join(l.folder, "strace") + ":/strace:ro", "--volume", filepath.Join(l.folder, "traces") + ":/traces",
		"--entrypoint", "/strace/loader"}, f.settings(l, volume)...)
	args = append(args, image(f.side), "--library-path", "/strace", "/strace/strace", "-o", "/traces/"+name)
	args = append(append(args, options...), "pgreplica")
	if f.command != "" {
		args = append(args, f.command)
	}
	id, err := docker(args...)
	if err != nil {
		l.t.Fatalf("%v\n%s", err, id)
	}
	return Container{l.t, id}
}

func (l *lab) trace(name string) string {
	l.t.Helper()
	text, err := os.ReadFile(filepath.Join(l.folder, "traces", name))
	if err != nil {
		l.t.Fatal(err)
	}
	return string(text)
}

// points are the moments of an undisturbed flow where a kill leaves something
// else behind: before each call, and before postgres.
func (l *lab) points(f flow) []moment {
	l.t.Helper()
	volume := l.volume(f)
	name := "whole-" + volume
	c := l.traced(f, volume, name, "-y", "-s", "64", "-e", "trace="+strings.Join(known(calls), ","))
	if f.command != "" {
		c.Docker("wait")
	} else if problem := l.arrive(f, c, volume); problem != "" {
		l.t.Fatalf("%s, undisturbed under strace: %s\n%s", f.name, problem, c.Logs())
	}
	c.Docker("rm", "--force", "--volumes")
	l.clear(volume)
	return readPoints(l.trace(name))
}

// undisturbed is how long a flow takes that nothing disturbs.
func (l *lab) undisturbed(f flow) time.Duration {
	l.t.Helper()
	volume := l.volume(f)
	began := time.Now()
	c := l.start(f, volume)
	within(patience, func() bool {
		return c.Inspect("{{.State.Running}}") == "false" || strings.Contains(c.Logs(), "listening on IPv4 address")
	})
	took := time.Since(began)
	if f.command != "" {
		c.Docker("rm", "--force", "--volumes")
		c = l.serve(f, volume)
	}
	if problem := l.arrive(f, c, volume); problem != "" {
		l.t.Fatalf("%s, undisturbed: %s\n%s", f.name, problem, c.Logs())
	}
	c.Docker("rm", "--force", "--volumes")
	l.clear(volume)
	return took
}

// known are the calls that this machine's strace knows: there is no mkdir on arm64.
func known(calls []string) []string {
	names := make([]string, len(calls))
	for i, call := range calls {
		names[i] = "?" + call
	}
	return names
}

var called = regexp.MustCompile(`^(\w+)\((.*)$`)

func readPoints(trace string) []moment {
	counts := map[string]int{}
	var points []moment
	for line := range strings.Lines(trace) {
		found := called.FindStringSubmatch(strings.TrimSpace(line))
		if found == nil {
			continue
		}
		call, rest := found[1], found[2]
		counts[call]++
		if call == "execve" && counts[call] == 2 {
			// Strace shows the start of the entrypoint, and does not count it.
			return append(points, moment{call: call, n: 1, line: rest})
		}
		if matters(call, rest) {
			points = append(points, moment{call: call, n: counts[call], line: rest})
		}
	}
	return points
}

// matters is true of what changes the volume, has the primary make or drop a
// slot, or starts a program.
func matters(call, rest string) bool {
	onVolume := func(text string) bool { return strings.Contains(text, mounted) }
	switch call {
	case "openat":
		return strings.Contains(rest, "O_CREAT") && onVolume(rest)
	case "write":
		file, text, _ := strings.Cut(rest, ", ")
		return onVolume(file) || strings.Contains(file, "socket:") && strings.Contains(text, "_REPLICATION_SLOT")
	case "clone", "clone3":
		return !strings.Contains(rest, "CLONE_THREAD")
	case "execve":
		return false
	}
	return onVolume(rest) && !strings.Contains(rest, ") = -1 ")
}

// do starts a container and kills it at the moment. It says whether the kill
// came in time, and what is wrong.
func (l *lab) do(f flow, volume string, k moment) (killed bool, problem string) {
	l.t.Helper()
	if k.call == "" {
		return l.doAfter(f, volume, k.after)
	}
	name := fmt.Sprintf("%s-%s-%d", volume, k.call, k.n)
	c := l.traced(f, volume, name, "-e", "trace="+k.call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", k.call, k.n))
	defer docker("rm", "--force", "--volumes", c.ID)
	if !within(30*time.Second, func() bool { return c.Inspect("{{.State.Running}}") == "false" }) {
		return false, "the kill did not come"
	}
	if text := l.trace(name); !strings.Contains(text, "+++ killed by SIGKILL +++") {
		return false, "the entrypoint ended before the kill:\n" + c.Logs()
	}
	return true, l.spoke(f, c)
}

// doAfter is do for a time. A server that ended before it is a problem; what is
// no start may have had less to do than a whole one.
func (l *lab) doAfter(f flow, volume string, after time.Duration) (killed bool, problem string) {
	l.t.Helper()
	c := l.start(f, volume)
	defer docker("rm", "--force", "--volumes", c.ID)
	time.Sleep(after)
	if said, err := docker("kill", c.ID); err != nil {
		if f.command != "" && c.Inspect("{{.State.ExitCode}}") == "0" {
			return false, ""
		}
		return false, "the container ended before the kill: " + said + "\n" + c.Logs()
	}
	return true, l.spoke(f, c)
}

// start runs the container that is killed at random. What is no start is over
// in an instant: strace makes it last, so that a moment can be chosen.
func (l *lab) start(f flow, volume string) Container {
	l.t.Helper()
	if f.command != "" {
		return l.traced(f, volume, "slow-"+volume, "-e", "trace=?mkdirat,?renameat,?renameat2,?fsync,?unlinkat", "-e", "inject=?mkdirat,?renameat,?renameat2,?fsync,?unlinkat:delay_enter=20000")
	}
	return l.serve(f, volume)
}

// serve starts a container as a person would.
func (l *lab) serve(f flow, volume string) Container {
	l.t.Helper()
	args := append([]string{"run", "--detach"}, f.settings(l, volume)...)
	id, err := docker(append(args, image(f.side))...)
	if err != nil {
		l.t.Fatalf("%v\n%s", err, id)
	}
	return Container{l.t, id}
}

// spoke looks for what a standby's container must never say, whenever it ended.
func (l *lab) spoke(f flow, c Container) string {
	if logs := c.Logs(); f.standby() && strings.Contains(logs, "ready to accept connections") {
		return "a standby was opened read-write:\n" + logs
	}
	return ""
}

// sample takes n of the points, evenly: first of the moves, for between two of
// them the volume is neither as before nor as after.
func sample(points []moment, n int) []moment {
	var moves []moment
	for _, point := range points {
		if strings.HasPrefix(point.call, "rename") || strings.HasPrefix(point.call, "unlink") {
			moves = append(moves, point)
		}
	}
	var chosen []moment
	for i := range n {
		chosen = append(chosen, moves[(i+1)*len(moves)/(n+1)])
	}
	return chosen
}
