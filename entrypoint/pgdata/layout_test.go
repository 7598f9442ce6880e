package pgdata

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

const mounts = `22 1 0:20 / / rw - overlay overlay rw
30 22 254:0 /var/lib/docker/volumes/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/_data /anonymous rw - ext4 /dev/vda rw
31 22 254:0 /var/lib/docker/volumes/site_data/_data /named rw - ext4 /dev/vda rw
32 22 254:0 /home/me/my\040data /with\040space rw - ext4 /dev/vda rw
`

func TestTheVolumeIsKnownByItsMount(t *testing.T) {
	for _, c := range []struct {
		dir   string
		want  pg.Volume
		fixed bool
	}{
		{"/anonymous/pgdata", pg.Anonymous, false}, {"/named/pgdata", pg.Named, false}, {"/named", pg.Named, true},
		{"/with space/pgdata", pg.Named, false}, {"/with space", pg.Named, true}, {"/elsewhere/pgdata", pg.Layer, false}, {"/namedbutnot/pgdata", pg.Layer, false}, {"/pgdata", pg.Layer, true},
	} {
		l := locate(c.dir, []byte(mounts))
		if l.Volume != c.want || l.Fixed != c.fixed {
			t.Errorf("%s: got %s, fixed %v", c.dir, l.Volume, l.Fixed)
		}
		if inside := strings.HasPrefix(l.State, c.dir+"/"); inside != c.fixed {
			t.Errorf("%s: state in %s", c.dir, l.State)
		}
	}
}

func TestAClusterAtTheRootOfTheVolumeIsUsedInPlace(t *testing.T) {
	root := t.TempDir()
	fill(t, root, "13")
	l := locate(filepath.Join(root, "pgdata"), []byte("30 22 254:0 / "+root+" rw - ext4 /dev/vda rw\n"))
	if l.Dir != root || !l.Fixed || l.TwoLayouts {
		t.Errorf("got %+v", l)
	}
	fill(t, filepath.Join(root, "pgdata"), "13")
	if l := locate(filepath.Join(root, "pgdata"), nil); !l.TwoLayouts {
		t.Errorf("two clusters: got %+v", l)
	}
}

func TestAnUnfinishedSwapIsFoundWhereItIs(t *testing.T) {
	root := t.TempDir()
	mounts := []byte("30 22 254:0 / " + root + " rw - ext4 /dev/vda rw\n")
	l := Layout{Dir: root, State: filepath.Join(root, stateInside), Old: filepath.Join(root, stateInside), Fixed: true}
	fill(t, root, "old")
	mkdir(t, l.State)
	if _, err := Begin(l, "clone"); err != nil {
		t.Fatal(err)
	}
	if _, err := SetAside(l, moment); err != nil {
		t.Fatal(err)
	}
	if found := locate(filepath.Join(root, "pgdata"), mounts); found.Dir != root || found.State != l.State {
		t.Errorf("found %+v", found)
	}
}

func TestOnlyModesThatPostgreSQLAcceptsStay(t *testing.T) {
	for before, want := range map[os.FileMode]os.FileMode{0o700: 0o700, 0o750: 0o750, 0o755: 0o700, 0o770: 0o700, 0o777: 0o700, 0o500: 0o700, 0o050: 0o700} {
		dir := t.TempDir()
		err := errors.Join(os.Chmod(dir, before), FixMode(dir))
		info, errAfter := os.Stat(dir)
		if err = errors.Join(err, errAfter); err != nil || info.Mode().Perm() != want {
			t.Errorf("%04o: got %04o, %v, want %04o", before, info.Mode().Perm(), err, want)
		}
	}
}
