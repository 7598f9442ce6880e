package file

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// traps are what somebody may put where a file is read or written. None of them
// may hold the test until its time is over.
var traps = map[string]func(path string) error{
	"FIFO":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
	"folder": func(path string) error { return os.Mkdir(path, 0o700) },
	"socket": func(path string) error {
		listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			return err
		}
		listener.SetUnlinkOnClose(false)
		return listener.Close()
	},
	"not a file": func(path string) error { return os.Symlink("/dev/null", path) },
	"bytes":      func(path string) error { return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 20<<30)) },
}

func TestNothingHoldsOrFillsAReader(t *testing.T) {
	for what, plant := range traps {
		path := filepath.Join(t.TempDir(), "f")
		if err := plant(path); err != nil {
			t.Fatal(err)
		}
		_, err := Read(path, MostOwn)
		if unfit, ok := errors.AsType[*Unfit](err); !ok || !strings.Contains(unfit.What, what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func TestAFileIsReadWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for size, fits := range map[int]bool{0: true, 1: true, 10: true, 11: false} {
		if err := os.WriteFile(path, []byte(strings.Repeat("x", size)), 0o600); err != nil {
			t.Fatal(err)
		}
		if text, err := Read(path, 10); (err == nil) != fits || fits && len(text) != size {
			t.Errorf("%d bytes: got %d and %v", size, len(text), err)
		}
	}
	// The size of a file of /proc is 0, whatever it holds.
	if text, err := Read("/proc/self/status", MostNote); err != nil || !strings.Contains(string(text), "\nPid:") {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestNothingHoldsOrLeadsAWriter(t *testing.T) {
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	plants := map[string]func(path string) error{
		"a link":            func(path string) error { return os.Symlink(victim, path) },
		"a link to nothing": func(path string) error { return os.Symlink(victim+"2", path) },
		"a second name":     func(path string) error { return os.Link(victim, path) },
		"somebody's":        func(path string) error { return os.WriteFile(path, []byte("old and longer"), 0o666) },
	}
	for what, plant := range traps {
		plants[what] = plant
	}
	for what, plant := range plants {
		path := filepath.Join(t.TempDir(), "f")
		if err := plant(path); err != nil {
			t.Fatal(err)
		}
		made, err := New(path)
		if what == "folder" {
			if _, ok := errors.AsType[*Unfit](err); !ok {
				t.Errorf("a folder: got %v", err)
			}
			continue
		}
		if err == nil {
			_, err = made.WriteString("new")
			err = errors.Join(err, made.Close())
		}
		text, errRead := os.ReadFile(path)
		info, errStat := os.Lstat(path)
		if err := errors.Join(err, errRead, errStat); err != nil || string(text) != "new" || info.Mode() != 0o600 {
			t.Errorf("%s: got %q, %v", what, text, err)
		}
		kept, _ := os.ReadFile(victim)
		if _, err := os.Lstat(victim + "2"); string(kept) != "kept" || err == nil {
			t.Errorf("%s: led to the victim: %q", what, kept)
		}
	}
}

func TestANoteWaitsForNobody(t *testing.T) {
	for what, plant := range traps {
		path := filepath.Join(t.TempDir(), "f")
		if err := plant(path); err != nil {
			t.Fatal(err)
		}
		if err := Note(path, "word"); (err == nil) != (what == "bytes") {
			t.Errorf("%s: got %v", what, err)
		}
	}
}
