package pgdata

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// Migrate moves a cluster from the root of the volume to the layout of new
// volumes. The caller holds the volume's lock and no server runs.
func Migrate(from, to Layout) error {
	if err := os.Mkdir(to.State, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncDir(to.Old); err != nil {
		return err
	}
	record := ReadRecord(from.State)
	if record.Err() != nil {
		return record.Err()
	}
	if err := writeState(to.State, record.State); err != nil {
		return err
	}
	j := Journal{Format: stateFormat, Phase: pg.Migrate, Staging: "migrate-" + newID()}
	if err := j.write(to); err != nil {
		return err
	}
	return j.migrate(to)
}

// migrate moves the cluster. It can be repeated until it succeeds. PG_VERSION is
// parked first and arrives last, so that nothing can start a part of the cluster.
func (j Journal) migrate(to Layout) error {
	root, parked := to.Old, j.Staged(to)
	for _, dir := range []string{parked, to.Dir} {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if err := errors.Join(syncDir(root), syncDir(to.State)); err != nil { // no folder may be lost with what moves into it
		return err
	}
	if err := moveOne(root, parked, "PG_VERSION"); err != nil {
		return err
	}
	stays := append(linkedTo(root, root, to.Dir), filepath.Base(to.Dir), filepath.Base(to.State))
	if err := moveAll(root, to.Dir, func(name string) bool {
		return !slices.Contains(stays, name) && !Ignorable(name) && !isAside(name)
	}); err != nil {
		return err
	}
	inside := filepath.Join(root, stateInside)
	if err := moveAll(inside, root, isAside); err != nil {
		return err
	}
	for _, name := range []string{"state.json", ""} { // the old record, and then the folder if it is empty
		err := os.Remove(filepath.Join(inside, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) && name != "" {
			return err
		}
	}
	if err := moveOne(parked, to.Dir, "PG_VERSION"); err != nil {
		return err
	}
	if err := os.Remove(parked); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return j.end(to)
}

// linkedTo names the entries of root that the links of clusters lead into. They
// have to stay where they are, because the links are absolute.
func linkedTo(root string, clusters ...string) []string {
	var names []string
	for _, dir := range clusters {
		for _, link := range links(dir) {
			if below, found := strings.CutPrefix(filepath.Clean(link.says), root+"/"); found {
				name, _, _ := strings.Cut(below, "/")
				names = append(names, name)
			}
		}
	}
	return names
}

// isAside says whether name is that of a folder of data that was set aside.
func isAside(name string) bool { return strings.HasPrefix(name, "data_old-") }
