//go:build integration

package integration

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A fault is an error that a system call of a start returns, once.
type fault struct {
	flow, call, errno string
	when              int    // the nth such call, of those on path
	path              string // below the mount; empty is any
	says              string
}

var faults = []fault{
	{"first start", "mkdirat", "ENOSPC", 1, ".pgreplica", "the volume is full"},
	{"first start", "write", "ENOSPC", 1, ".pgreplica/state.json.pgreplica-new", "the volume is full"},
	{"first start", "fsync", "EIO", 1, ".pgreplica/state.json.pgreplica-new", "the disk of the volume fails"},
	{"first start", "syncfs", "EIO", 1, "", "the disk of the volume fails"},
	{"first start", "renameat2", "EDQUOT", 1, "", "the quota of the volume is used up"},
	{"first clone", "renameat", "EIO", 1, ".pgreplica/journal.json.pgreplica-new", "the disk of the volume fails"},
	{"first clone", "syncfs", "ENOSPC", 1, "", "the volume is full"},
	{"first clone", "unlinkat", "EIO", 2, ".pgreplica/journal.json", "the disk of the volume fails"},
	{"reclone", "write", "EDQUOT", 2, ".pgreplica/journal.json.pgreplica-new", "the quota of the volume is used up"},
	{"reclone", "renameat2", "EIO", 1, "", "the disk of the volume fails"},
	{"reclone", "renameat2", "ENOSPC", 2, "", "the volume is full"},
	{"reclone", "fsync", "EIO", 1, ".", "the disk of the volume fails"},
}

// TestADiskThatFailsLosesNothing lets single calls of a first start, a first
// clone and a set-aside fail, one start after the other on one volume. Each
// error is named, nothing is lost, and the start after the last ends well.
func TestADiskThatFailsLosesNothing(t *testing.T) {
	t.Parallel()
	for _, f := range flows() {
		if !slices.ContainsFunc(faults, func(x fault) bool { return x.flow == f.name }) {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			if l.makeOld(); f.standby() {
				l.withPrimary()
			}
			volume := l.volume(f)
			for _, x := range faults {
				if x.flow != f.name {
					continue
				}
				if problem := l.suffer(f, volume, x); problem != "" {
					t.Fatalf("%+v: %s", x, problem)
				}
			}
			c := l.serve(f, volume)
			defer docker("rm", "--force", "--volumes", c.ID)
			if problem := l.arrive(f, c, volume); problem != "" {
				t.Errorf("the start after the last: %s\n%s", problem, c.Logs())
			}
		})
	}
}

// suffer starts a container with a fault, and says what is wrong with its end
// and with what it leaves.
func (l *lab) suffer(f flow, volume string, x fault) string {
	l.t.Helper()
	options := []string{"-e", "trace=" + x.call, "-e", fmt.Sprintf("inject=%s:error=%s:when=%d", x.call, x.errno, x.when)}
	if x.path != "" {
		options = append(options, "-P", filepath.Join(mounted, x.path))
	}
	name := fmt.Sprintf("%s-%s-%s-%d", volume, x.call, x.errno, x.when)
	c := l.traced(f, volume, name, options...)
	defer docker("rm", "--force", "--volumes", c.ID)
	if !within(30*time.Second, func() bool { return c.Inspect("{{.State.Running}}") == "false" }) {
		return "the start does not end\n" + l.trace(name) + c.Logs()
	}
	logs, status := c.Logs(), c.Inspect("{{.State.ExitCode}}")
	if !strings.Contains(l.trace(name), "(INJECTED)") {
		return "the fault did not come\n" + logs
	}
	if status != "73" || !strings.Contains(logs, x.says) || !strings.Contains(logs, "hint=") {
		return fmt.Sprintf("exit %s, want 73, %q and a hint\n%s", status, x.says, logs)
	}
	if problem := l.safe(f, l.look(volume)); problem != "" {
		return problem + "\n" + logs
	}
	return ""
}

// TestAFileSystemWithoutModesIsNamed lets each chmod succeed without effect.
func TestAFileSystemWithoutModesIsNamed(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.makeOld()
	f := flow{side: "master", place: inside, before: true}
	volume := l.volume(f)
	l.helper.Exec("chmod", "0777", "/lab/"+volume+inside)
	c := l.traced(f, volume, "modes", "-e", "trace=fchmodat", "-e", "inject=fchmodat:retval=0", "-P", mounted+inside)
	defer docker("rm", "--force", "--volumes", c.ID)
	if !within(30*time.Second, func() bool { return c.Inspect("{{.State.Running}}") == "false" }) {
		t.Fatalf("the start does not end:\n%s", c.Logs())
	}
	if status := c.Inspect("{{.State.ExitCode}}"); status != "65" {
		t.Errorf("exit %s, want 65", status)
	}
	c.Says("has mode 0777 and keeps it", "dir_mode=0700")
}
