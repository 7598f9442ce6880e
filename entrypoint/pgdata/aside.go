package pgdata

import (
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"pgreplica/entrypoint/pg"
)

// An Aside is data that was set aside: the path of its folder data_old-<time>,
// and then the paths of the folders that hold its tablespaces and its WAL.
type Aside []string

// Whole returns the data that was set aside in dir, with the folders that its
// links lead to. A person is shown how to remove all of them, so it leaves out
// every folder that the cluster in use needs, and every one that this program
// did not make and that lies outside the volume.
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

// ListAside returns the paths of the data_old-* folders on this volume, the
// oldest first.
func ListAside(l Layout) []string {
	found, _ := filepath.Glob(filepath.Join(l.Old, "data_old-*"))
	return found
}

// Size adds up the sizes of the files. It stops when limit is over, and then
// whole is false.
func (a Aside) Size(limit time.Duration) (bytes int64, whole bool) {
	began := time.Now()
	for _, dir := range a {
		bytes += sizeBelow(dir, func() bool { return time.Since(began) > limit })
	}
	return bytes, time.Since(began) <= limit
}

// sizeBelow adds up the sizes of the files below dir, until stop returns true.
func sizeBelow(dir string, stop func() bool) (bytes int64) {
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

// AsideID is the system identifier of the data that was set aside last; 0 where
// there is none, or where it cannot be read.
func AsideID(l Layout) pg.SystemID {
	found := ListAside(l)
	if len(found) == 0 {
		return 0
	}
	data, _ := Inspect(found[len(found)-1])
	return data.SystemID
}
