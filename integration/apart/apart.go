package apart

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// variable holds the name of the test that a process was started for.
const variable = "RUNS_APART"

// Inside says whether this process is the one that Command has made for t.
func Inside(t *testing.T) bool { return os.Getenv(variable) == t.Name() }

// Command is a command that runs t and no other test, where Inside is true. wrapper
// is a program with its arguments that is to run it. t is no subtest.
func Command(t *testing.T, wrapper ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	words := append(wrapper, self, "-test.run=^"+t.Name()+"$", "-test.count=1")
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = append(os.Environ(), variable+"="+t.Name())
	return cmd
}

// Output runs a command of Command's and returns what it prints. A command that may
// not be run as cmd.SysProcAttr asks skips the test.
func Output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran && errors.Is(err, os.ErrPermission) {
		t.Skipf("needs root, with the right to make mounts and users of its own: %v", err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return out.String()
}

// Cover puts an empty folder in the place of one that other programs use. The
// command needs mounts of its own: OwnMounts.
func Cover(t *testing.T, folder string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "mode=1777"); err != nil {
		t.Fatal(err)
	}
}

// OwnMounts are the attributes of a process whose mounts nobody else sees.
func OwnMounts() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
}
