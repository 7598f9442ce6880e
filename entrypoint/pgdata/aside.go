package pgdata

import (
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"pgreplica/entrypoint/pg"
)

// An Aside is data that was set aside: its folder, and then those of its
// tablespaces and of its WAL that go with it.
type Aside []string

// Whole is the data that was set aside in dir. Of what its links lead to it has
// what this program made or what lies on the volume, and never a folder that
// the cluster in use needs.
func Whole(l Layout, dir string) Aside {
	needed := []string{l.Dir, l.State, dir}
	for _, link := range links(l.Dir) {
		needed = append(needed, link.target())
	}
	all := Aside{dir}
	for _, link := range links(dir) {
		folder := link.target()
		if above := filepath.Dir(folder); generated(filepath.Base(above)) && filepath.Base(filepath.Dir(above)) == tablespaces {
			folder = above
		}
		goes := generated(filepath.Base(folder)) || within(filepath.Dir(l.State), folder)
		stays := within(dir, folder) || slices.ContainsFunc(needed, func(path string) bool { return within(folder, path) })
		if goes && !stays && isFolder(folder) && !slices.Contains(all, folder) {
			all = append(all, folder)
		}
	}
	return all
}

// ListAside names the folders of data that was set aside on this volume.
func ListAside(l Layout) []string {
	found, _ := filepath.Glob(filepath.Join(l.Old, "data_old-*"))
	return found
}

// Size adds up its files for as long as patience lasts, and says whether it saw
// them all.
func (a Aside) Size(patience time.Duration) (bytes int64, whole bool) {
	began := time.Now()
	for _, dir := range a {
		bytes += filesBelow(dir, func() bool { return time.Since(began) > patience })
	}
	return bytes, time.Since(began) <= patience
}

// filesBelow adds up the files below dir until it is told to stop.
func filesBelow(dir string, stop func() bool) (bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		switch {
		case stop():
			return fs.SkipAll
		case err != nil:
			return nil // what cannot be read is not counted
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}

// AsideID is the system identifier of the data that was set aside last, or 0.
func AsideID(l Layout) pg.SystemID {
	found := ListAside(l)
	if len(found) == 0 {
		return 0
	}
	data, _ := Inspect(found[len(found)-1]) // what cannot be read has none
	return data.SystemID
}
