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
			output, status := Run(t, "--env", "POSTGRES_PASSWORD=story", "--volume", victim+":/victim", "--volume", folder+":"+mount, image("master"))
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

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
