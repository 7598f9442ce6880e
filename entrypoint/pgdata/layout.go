package pgdata

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"pgreplica/entrypoint/pg"
)

// The state directory lies beside the data directory, or in it where the data
// directory is the root of the mount. Base backups skip names that begin with
// pgsql_tmp.
const (
	stateBeside = ".pgreplica"
	stateInside = "pgsql_tmp.pgreplica"
)

// A Layout says where things lie on the volume.
type Layout struct {
	Dir        string    // the data directory
	State      string    // the state directory: record, journal, staging, tablespaces
	Old        string    // the folder that data_old-* go to
	Fixed      bool      // Dir cannot be renamed, only its entries: it is a mount point, or lies in /
	TwoLayouts bool      // there is a cluster at the root of the volume as well as in Dir
	Volume     pg.Volume // the kind of volume that Dir lies on
	WALDir     string    // POSTGRES_INITDB_WALDIR; empty where the WAL of new data lies in the data
}

// Below is the layout that a new volume gets for PGDATA. It does not look at what
// lies on this one.
func Below(pgdata string) Layout {
	dir := filepath.Clean(pgdata)
	old := filepath.Dir(dir)
	return Layout{Dir: dir, Old: old, State: filepath.Join(old, stateBeside)}
}

// Locate finds the layout for PGDATA. A cluster at the root of the volume, as
// the official image keeps it, is used in place.
func Locate(pgdata string) (Layout, error) {
	mountinfo, err := readMountinfo()
	if err != nil {
		return Layout{}, err
	}
	return locate(filepath.Clean(pgdata), mountinfo), nil
}

func locate(dir string, mountinfo []byte) Layout {
	above := filepath.Dir(dir)
	has := func(parts ...string) bool { return isFile(filepath.Join(append([]string{above}, parts...)...)) }
	atRoot, below := has("PG_VERSION"), has(filepath.Base(dir), "PG_VERSION")
	// While a swap is under way PG_VERSION is in neither place, and the journal
	// shows which one is in use.
	unfinishedBelow, unfinishedAtRoot := has(stateBeside, "journal.json"), has(stateInside, "journal.json")
	twice := atRoot && below && !unfinishedBelow && !unfinishedAtRoot
	if !unfinishedBelow && !twice && (unfinishedAtRoot || atRoot || !below && has(stateInside, "state.json")) {
		dir = above
	}
	point, root := mountOf(dir, mountinfo)
	l := Layout{Dir: dir, Fixed: point == dir || filepath.Dir(dir) == "/", TwoLayouts: twice, Volume: volumeKind(point, root)}
	if l.Fixed {
		l.State = filepath.Join(dir, stateInside)
		l.Old = l.State
		return l
	}
	l.Old = filepath.Dir(dir)
	l.State = filepath.Join(l.Old, stateBeside)
	return l
}

// readMountinfo reads the list of mounts, whose format is in proc(5). It reads a
// page at a time, because the kernel goes through all mounts anew for each read.
func readMountinfo() ([]byte, error) {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text := bytes.NewBuffer(make([]byte, 0, 2*os.Getpagesize()))
	_, err = text.ReadFrom(file)
	return text.Bytes(), err
}

// A mount is a folder of a file system, root, that is mounted at point.
type mount struct{ point, root string }

// readMounts returns the mounts in the text of mountinfo.
func readMounts(mountinfo []byte) []mount {
	var all []mount
	for line := range strings.Lines(string(mountinfo)) {
		if fields := strings.SplitN(line, " ", 6); len(fields) == 6 {
			all = append(all, mount{unescape(fields[4]), unescape(fields[3])})
		}
	}
	return all
}

// unescape turns the escapes in a path of mountinfo into characters. Few paths
// have one, and making a replacer takes longer than reading all mounts.
func unescape(path string) string {
	if !strings.Contains(path, `\`) {
		return path
	}
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(path)
}

// mountOf finds the mount that dir lies on: its mount point, and the folder of
// the file system that is mounted there.
func mountOf(dir string, mountinfo []byte) (point, root string) {
	for _, m := range readMounts(mountinfo) {
		if within(m.point, dir) && len(m.point) >= len(point) {
			point, root = m.point, m.root
		}
	}
	return point, root
}

// volumeKind recognizes an anonymous volume of Docker by its name, 64 hexadecimal
// digits.
func volumeKind(point, root string) pg.Volume {
	if point == "/" || point == "" {
		return pg.Layer
	}
	name := filepath.Base(filepath.Dir(root))
	if filepath.Base(root) == "_data" && len(name) == 64 && strings.Trim(name, "0123456789abcdef") == "" {
		return pg.Anonymous
	}
	return pg.Named
}

func isFile(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular()
}

// FixMode sets the mode of dir to 0700, unless it is one that postgres starts
// with: 0700 or 0750. On a file system that ignores chmod it returns a pg.Fault.
func FixMode(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || fits(info.Mode()) {
		return err
	}
	err = os.Chmod(dir, 0o700)
	if err != nil && !errors.Is(err, syscall.EPERM) {
		return err
	}
	if info, err = os.Stat(dir); err == nil && !fits(info.Mode()) {
		err = Unfit(dir, fmt.Sprintf("has mode %04o and keeps it, its file system ignores chmod; PostgreSQL starts with 0700 or 0750", info.Mode().Perm()),
			"Put the data on a file system that has modes: a named volume of docker's, or a folder on ext4 or xfs. A CIFS mount takes them as options: uid=999,gid=999,dir_mode=0700,file_mode=0600.")
	}
	return err
}

func fits(mode fs.FileMode) bool { return mode.Perm()&^0o750 == 0 && mode.Perm()&0o700 == 0o700 }
