package pgdata

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pgreplica/entrypoint/pg"
)

// TestWhatIsNoFileIsNotRead plants each kind where a start reads: to open a
// FIFO would wait until the test's time is over.
func TestWhatIsNoFileIsNotRead(t *testing.T) {
	plants := map[string]func(path string) error{
		"a FIFO":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"a socket": func(path string) error {
			// Made elsewhere: the path of a socket has no more than 107 characters.
			dir, err := os.MkdirTemp("", "")
			if err != nil {
				return err
			}
			listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: dir + "/s", Net: "unix"})
			if err != nil {
				return err
			}
			listener.SetUnlinkOnClose(false)
			return errors.Join(listener.Close(), os.Rename(dir+"/s", path), os.Remove(dir))
		},
	}
	for kind, plant := range plants {
		for _, name := range []string{"pgdata/PG_VERSION", "pgdata/global/pg_control", "pgdata/postgresql.auto.conf", ".pgreplica/state.json", ".pgreplica/journal.json"} {
			l := volume(t, false)
			path := filepath.Join(l.Old, name)
			if err := errors.Join(os.RemoveAll(path), plant(path)); err != nil {
				t.Fatal(err)
			}
			err := ReadRecord(l.State).Err()
			refused(t, errors.Join(CheckFiles(l), err), path, kind)
		}
	}
}

// TestNoFileFillsTheMemory plants files of 20 GB, as a sparse file has them for
// nothing, where a start and a healthcheck read.
func TestNoFileFillsTheMemory(t *testing.T) {
	for _, name := range []string{"pgdata/PG_VERSION", "pgdata/global/pg_control", "pgdata/postgresql.conf", "pgdata/postgresql.auto.conf",
		"pgdata/pg_hba.conf", ".pgreplica/state.json", ".pgreplica/journal.json", "pgdata/postmaster.pid"} {
		l := volume(t, false)
		path := filepath.Join(l.Old, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.RemoveAll(path), os.WriteFile(path, nil, 0o600), os.Truncate(path, 20<<30)); err != nil {
			t.Fatal(err)
		}
		if name == "pgdata/postmaster.pid" {
			if ServerStatus(l.Dir) != "" || Port(l.Dir) != 5432 || ServerArgs(l.Dir) != nil {
				t.Error("a huge postmaster.pid says something")
			}
			continue
		}
		_, errConf := ReadConf(filepath.Join(l.Dir, "postgresql.conf"))
		_, errInspect := Inspect(l.Dir)
		for _, err := range []error{CheckFiles(l), ReadRecord(l.State).Err(), errConf, errInspect} {
			if err != nil {
				refused(t, err, path, "larger than")
			}
		}
		if CheckFiles(l) == nil && ReadRecord(l.State).Err() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestNothingUnderATemporaryNameHoldsOrLeadsAWrite plants what a write would wait
// for or follow beside the file to write.
func TestNothingUnderATemporaryNameHoldsOrLeadsAWrite(t *testing.T) {
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	for kind, plant := range map[string]func(path string) error{
		"a FIFO": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link": func(path string) error { return os.Symlink(victim, path) },
		"another's": func(path string) error {
			return errors.Join(os.WriteFile(path, []byte("a longer text than the new one"), 0o644), os.Chmod(path, 0o644))
		},
	} {
		path := filepath.Join(t.TempDir(), "state.json")
		if err := errors.Join(plant(path+".pgreplica-new"), WriteFile(path, "new")); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		info, err := os.Lstat(path)
		if text, _ := os.ReadFile(path); err != nil || info.Mode() != 0o600 || string(text) != "new" {
			t.Errorf("%s: got %q, %v", kind, text, err)
		}
		if text, _ := os.ReadFile(victim); string(text) != "kept" {
			t.Errorf("%s: the victim holds %q", kind, text)
		}
	}
	path := filepath.Join(t.TempDir(), "state.json")
	if err := os.Mkdir(path+".pgreplica-new", 0o700); err != nil {
		t.Fatal(err)
	}
	refused(t, WriteFile(path, "new"), path+".pgreplica-new", "a folder")
}

func TestTheProcessOfAPIDFileIsANumber(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "postmaster.pid"), []byte("../"+dir+"/trap\n"), 0o600), os.Mkdir(dir+"/trap", 0o700),
		os.WriteFile(dir+"/trap/cmdline", []byte("postgres\x00-c\x00"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if args := ServerArgs(dir); args != nil {
		t.Errorf("led to %q", args)
	}
}

func refused(t *testing.T, err error, path, kind string) {
	t.Helper()
	wrong, ok := errors.AsType[*pg.Fault](err)
	if !ok || wrong.Exit != 65 || !strings.HasPrefix(wrong.Text, path+": ") || !strings.Contains(strings.TrimPrefix(wrong.Text, path), kind) || wrong.Fix == "" {
		t.Errorf("%s: got %v, want one that says %q", path, err, kind)
	}
}

// TestALinkWhereAStartRenamesIsRefused plants links out of the volume.
func TestALinkWhereAStartRenamesIsRefused(t *testing.T) {
	layouts(t, func(t *testing.T, mountPoint bool) {
		for _, name := range []string{"state.json", "journal.json", "staging", "aside", "tablespaces", "tablespace", "WAL"} {
			l, victim := volume(t, mountPoint), t.TempDir()
			j, err := ReadJournal(l)
			if err != nil {
				t.Fatal(err)
			}
			j.Phase, j.Aside, j.WAL = pg.Evacuate, "data_old-20261123T200000Z", filepath.Join(t.TempDir(), j.Staging)
			path := map[string]string{
				"staging": j.Staged(l), "aside": filepath.Join(l.Old, j.Aside), "WAL": j.WAL,
				"tablespaces": filepath.Dir(j.Tablespaces(l)), "tablespace": j.Tablespaces(l),
			}[name]
			if path == "" {
				path = filepath.Join(l.State, name)
			}
			if err := errors.Join(j.write(l), os.MkdirAll(filepath.Dir(path), 0o700), os.RemoveAll(path), os.Symlink(victim, path)); err != nil {
				t.Fatal(err)
			}
			err = ReadRecord(l.State).Err()
			refused(t, errors.Join(CheckFiles(l), err), path, "symbolic link")
			if left, err := os.ReadDir(victim); err != nil || len(left) > 0 {
				t.Errorf("%s: the victim holds %v, %v", name, left, err)
			}
		}
	})
}

func TestAnOrdinaryVolumeHasNoTraps(t *testing.T) {
	layouts(t, func(t *testing.T, mountPoint bool) {
		l := volume(t, mountPoint)
		// A configuration may be linked to where somebody keeps it.
		kept := filepath.Join(t.TempDir(), "postgresql.conf")
		conf := filepath.Join(l.Dir, "postgresql.conf")
		if err := errors.Join(os.Rename(conf, kept), os.Symlink(kept, conf), CheckFiles(l)); err != nil {
			t.Error(err)
		}
	})
	if err := CheckFiles(Below(filepath.Join(t.TempDir(), "pgdata"))); err != nil {
		t.Errorf("a new volume: %v", err)
	}
}
