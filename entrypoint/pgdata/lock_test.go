package pgdata

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestAVolumeIsInUseWhileItIsLocked(t *testing.T) {
	l := Below(filepath.Join(t.TempDir(), "volume", "pgdata"))
	if InUse(l) {
		t.Error("a volume that is not there is in use")
	}
	if err := os.MkdirAll(l.Old, 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 { // to ask leaves no lock
		if InUse(l) {
			t.Error("nobody holds it")
		}
	}
	fd, err := syscall.Open(l.Old, syscall.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(fd, syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if !InUse(l) {
		t.Error("somebody holds it")
	}
	syscall.Close(fd)
	if InUse(l) {
		t.Error("it was let go")
	}
}

func TestASecondHolderIsKeptOut(t *testing.T) {
	root := t.TempDir()
	if err := Lock(root); err != nil {
		t.Fatal(err)
	}
	if err := Lock(root); err != ErrLocked {
		t.Errorf("second lock: %v", err)
	}
}
