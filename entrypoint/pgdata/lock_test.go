package pgdata

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"pgreplica/integration/apart"
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

// TestALockIsTheFoldersOwn renames a folder that is locked, as a swap does.
func TestALockIsTheFoldersOwn(t *testing.T) {
	root := t.TempDir()
	dir, aside := filepath.Join(root, "pgdata"), filepath.Join(root, "data_old")
	var locks Locks
	if err := errors.Join(os.Mkdir(dir, 0o700), locks.Take(dir), locks.Take(dir), os.Rename(dir, aside)); err != nil {
		t.Fatal(err)
	}
	if !isLocked(aside) {
		t.Error("the lock did not go with the folder")
	}
	if err := errors.Join(os.Mkdir(dir, 0o700), locks.Take(dir)); err != nil {
		t.Fatal(err)
	}
	if !isLocked(dir) || !isLocked(aside) {
		t.Error("the new folder took the lock of the other")
	}
	locks.Keep([]string{dir, filepath.Join(root, "nothing")})
	if !isLocked(dir) || isLocked(aside) {
		t.Errorf("the folder in use is locked: %v, the one set aside: %v", isLocked(dir), isLocked(aside))
	}
	if err := Lock(dir); err != ErrLocked {
		t.Errorf("another holder: %v", err)
	}
}

// TestAChildKeepsTheLock holds a lock in a program that this process started, as
// postgres does that it becomes.
func TestAChildKeepsTheLock(t *testing.T) {
	dir := t.TempDir()
	var locks Locks
	if err := locks.Take(dir); err != nil {
		t.Fatal(err)
	}
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	locks.Keep(nil)
	if !isLocked(dir) {
		t.Error("the child has not inherited the lock")
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if isLocked(dir) {
		t.Error("the lock outlived its holder")
	}
}

func TestWhatLiesApartIsLockedToo(t *testing.T) {
	l := volume(t, false)
	wal, tablespace, inside := t.TempDir(), t.TempDir(), filepath.Join(l.State, "tblspc")
	if err := errors.Join(os.RemoveAll(filepath.Join(l.Dir, "pg_wal")), os.Symlink(wal, filepath.Join(l.Dir, "pg_wal")),
		os.RemoveAll(filepath.Join(l.Dir, "pg_tblspc")), os.Mkdir(filepath.Join(l.Dir, "pg_tblspc"), 0o700), os.MkdirAll(inside+"/PG_15_202209061", 0o700),
		os.Symlink(tablespace, filepath.Join(l.Dir, "pg_tblspc", "1")), os.Symlink(inside, filepath.Join(l.Dir, "pg_tblspc", "2")),
		os.Mkdir(tablespace+"/PG_15_202209061", 0o700), os.Mkdir(tablespace+"/PG_18_202506291", 0o700)); err != nil {
		t.Fatal(err)
	}
	want := []string{l.Dir, wal, tablespace + "/PG_15_202209061"}
	if got := Apart(l, 15); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	l = volume(t, true) // the volume's lock is the data directory's
	if got := Apart(l, 15); len(got) != 0 {
		t.Errorf("at the root of a mount: got %v", got)
	}
	if got := Apart(Below(filepath.Join(t.TempDir(), "pgdata")), 15); len(got) != 0 {
		t.Errorf("a new volume: got %v", got)
	}
}

// TestADataDirectoryIsInUseWhicheverFolderWasMounted locks the data directory alone, as a
// container does that mounted it without the folder above.
func TestADataDirectoryIsInUseWhicheverFolderWasMounted(t *testing.T) {
	l := volume(t, false)
	if err := Lock(l.Dir); err != nil {
		t.Fatal(err)
	}
	if !InUse(l) {
		t.Error("its holder is not seen")
	}
}

// TestAServerThatTookNoLockIsSeen keeps a file open, as a server of another image
// does.
func TestAServerThatTookNoLockIsSeen(t *testing.T) {
	dir := t.TempDir()
	if Opened(dir) {
		t.Error("an empty folder")
	}
	for _, name := range []string{"global/1262", "pg_wal/000000010000000000000001"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
		if Opened(dir) {
			t.Errorf("%s: nobody has it open", name)
		}
		held, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if !Opened(dir) {
			t.Errorf("%s: somebody has it open", name)
		}
		held.Close()
	}
}

// TestALockOutlivesTheProgramThatTookIt becomes cat, as a start becomes postgres: it
// writes what it reads, and ends when there is nothing more to read.
func TestALockOutlivesTheProgramThatTookIt(t *testing.T) {
	if apart.Inside(t) {
		err := Lock(os.Getenv("LOCKED"))
		if err == nil {
			err = syscall.Exec("/bin/cat", []string{"cat"}, nil)
		}
		t.Fatal(err)
	}
	root := t.TempDir()
	cmd := apart.Command(t)
	cmd.Env = append(cmd.Env, "LOCKED="+root)
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, "x"); err != nil {
		t.Error(err)
	}
	if first, err := bufio.NewReader(out).ReadByte(); err != nil || first != 'x' {
		t.Errorf("cat says %q, %v", first, err)
	}
	if err := Lock(root); err != ErrLocked {
		t.Errorf("while it runs: %v", err)
	}
	if err := errors.Join(in.Close(), cmd.Wait(), Lock(root)); err != nil {
		t.Errorf("when it has ended: %v", err)
	}
}
