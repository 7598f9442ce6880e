package pgdata

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

const twoVolumes = `20 1 0:30 / / rw - overlay overlay rw
21 20 8:1 /var/lib/docker/volumes/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/_data /var/lib/postgresql rw - ext4 /dev/sda1 rw
22 21 8:1 /var/lib/docker/volumes/data/_data /var/lib/postgresql/data rw - ext4 /dev/sda1 rw
23 20 8:1 /etc/secret /run/secret ro - ext4 /dev/sda1 rw
`

func TestAVolumeBesideTheDataIsFound(t *testing.T) {
	for dir, want := range map[string]string{
		"/var/lib/postgresql/18/docker":   "/var/lib/postgresql/data", // 18's own path, with a volume where 17 has it
		"/var/lib/postgresql/data/pgdata": "",
		"/srv/pgdata":                     "/var/lib/postgresql/data",
	} {
		if got := otherMount(dir, []byte(twoVolumes)); got != want {
			t.Errorf("%s: got %q, want %q", dir, got, want)
		}
	}
}

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
