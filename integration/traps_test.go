//go:build integration

package integration

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNoLinkLeadsOutOfTheVolume starts a server as root on volumes in which
// somebody planted links, and folders of his own.
func TestNoLinkLeadsOutOfTheVolume(t *testing.T) {
	t.Parallel()
	inside := filepath.Base(dataDir)
	for title, trap := range map[string]struct {
		plant func(volume, victim string) error
		want  string
	}{
		"the data directory":  {func(v, _ string) error { return os.Symlink("/victim", filepath.Join(v, inside)) }, "symbolic link"},
		"the state directory": {func(v, _ string) error { return os.Symlink("/victim", filepath.Join(v, ".pgreplica")) }, "symbolic link"},
		"somebody's state": {func(v, _ string) error {
			state := filepath.Join(v, ".pgreplica")
			return firstError(os.Mkdir(state, 0o700), os.Chown(state, 1234, 1234))
		}, "belongs to uid 1234"},
		"a FIFO where the state is noted": {func(v, _ string) error {
			return firstError(os.Mkdir(filepath.Join(v, ".pgreplica"), 0o700), syscall.Mkfifo(filepath.Join(v, ".pgreplica/state.json"), 0o600))
		}, "is a FIFO"},
		"a FIFO for a cluster's version": {func(v, _ string) error {
			return firstError(os.Mkdir(filepath.Join(v, inside), 0o700), syscall.Mkfifo(filepath.Join(v, inside, "PG_VERSION"), 0o600))
		}, "is a FIFO"},
		"a state of 20 GB": {func(v, victim string) error {
			return firstError(noted("state.json", "")(v, victim), os.Truncate(filepath.Join(v, ".pgreplica/state.json"), 20<<30))
		}, "is larger than"},
		"a state from the future":          {noted("state.json", `{"format":99}`), "has format 99"},
		"a journal that is torn":           {noted("journal.json", `{"format":1,"pha`), "is not what this program writes"},
		"a journal that leads elsewhere":   {noted("journal.json", `{"format":1,"phase":"staging","staging":"../../../../../victim"}`), "names a phase or a folder"},
		"a journal that names no old data": {noted("journal.json", `{"format":1,"phase":"evacuate","staging":"clone-0123456789ab"}`), "names a phase or a folder"},
		"a link for staging": {func(v, victim string) error {
			return firstError(noted("journal.json", `{"format":1,"phase":"install","staging":"clone-0123456789ab"}`)(v, victim), os.Symlink("/victim", filepath.Join(v, ".pgreplica/clone-0123456789ab")))
		}, "symbolic link"},
		"a link for old data": {func(v, victim string) error {
			return firstError(noted("journal.json", `{"format":1,"phase":"evacuate","staging":"clone-0123456789ab","aside":"data_old-20261123T200000Z"}`)(v, victim), os.Symlink("/victim", filepath.Join(v, "data_old-20261123T200000Z")))
		}, "symbolic link"},
		"links in the data directory": {func(v, _ string) error {
			dir := filepath.Join(v, inside)
			return firstError(os.Mkdir(dir, 0o700), os.Symlink("/victim/file", filepath.Join(dir, "file")), os.Symlink("/victim", filepath.Join(dir, "sub")))
		}, "not a cluster"},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			folder, victim := t.TempDir(), t.TempDir()
			file := filepath.Join(victim, "file")
			if err := firstError(os.WriteFile(file, []byte("mine"), 0o600), trap.plant(folder, victim)); err != nil {
				t.Fatal(err)
			}
			mount := filepath.Dir(dataDir)
			output, status := Run(t, "--env", "POSTGRES_PASSWORD=test", "--volume", victim+":/victim", "--volume", folder+":"+mount, image("master"))
			if status != 65 || !strings.Contains(output, trap.want) {
				t.Errorf("exit %d, want 65 and %q:\n%s", status, trap.want, output)
			}
			for _, path := range []string{victim, file} {
				info, err := os.Stat(path)
				if err != nil || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Getuid()) {
					t.Errorf("%s has another owner: %v", path, err)
				}
			}
			if entries, err := os.ReadDir(victim); err != nil || len(entries) != 1 {
				t.Errorf("the victim holds %v, %v", entries, err)
			}
		})
	}
}

// noted leaves a text as a file of the state directory.
func noted(name, text string) func(volume, victim string) error {
	return func(volume, _ string) error {
		state := filepath.Join(volume, ".pgreplica")
		return firstError(os.MkdirAll(state, 0o700), os.WriteFile(filepath.Join(state, name), []byte(text), 0o600))
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
