package pgdata

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"pgreplica/entrypoint/pg"
)

// serversHome is where the official images keep clusters and mount volumes.
const serversHome = "/var/lib/postgresql"

// places are where on a volume images keep a cluster: the official image up to
// 17 at the root and this program's image in pgdata, each of them in data where
// the folder above was mounted, and both images from 18 on in 18/docker.
var places = []string{".", "pgdata", "data", "data/pgdata", "[1-9][0-9]/docker"}

// LookAround finds other clusters in the usual places of the data directory's
// volume, and a volume that was mounted in a place where this data directory does
// not lie.
func LookAround(l Layout) (pg.Surroundings, error) {
	mountinfo, err := readMountinfo()
	return lookAround(l, mountinfo), err
}

func lookAround(l Layout, mountinfo []byte) pg.Surroundings {
	around := pg.Surroundings{Belongs: mountPointFor(l.Dir)}
	point, _ := mountOf(l.Dir, mountinfo)
	if l.Volume != pg.Named {
		around.Elsewhere = otherMount(point, mountinfo)
	}
	for _, root := range []string{point, around.Elsewhere} {
		for _, cluster := range clustersOn(root) {
			if cluster.Dir != l.Dir && !slices.Contains(around.Clusters, cluster) {
				around.Clusters = append(around.Clusters, cluster)
			}
		}
	}
	return around
}

// mountPointFor is where a volume for dir has to be mounted: an image's own mount
// point, or the folder above dir.
func mountPointFor(dir string) string {
	for _, major := range []int{pg.OldestMajor, pg.NewestMajor} {
		if point := pg.MountPoint(major); within(point, dir) {
			return point
		}
	}
	return filepath.Dir(dir)
}

// otherMount is the mount point of a named volume that is mounted where images
// keep clusters, and not at except; empty where there is none.
func otherMount(except string, mountinfo []byte) string {
	for _, m := range readMounts(mountinfo) {
		if m.point != except && keepsClusters(m.point) && volumeKind(m.point, m.root) == pg.Named {
			return m.point
		}
	}
	return ""
}

// keepsClusters says whether images mount a volume at point, or keep a cluster
// there: not every folder below the server's home is for one.
func keepsClusters(point string) bool {
	if !within(serversHome, point) {
		return false
	}
	below, _ := filepath.Rel(serversHome, point) // both are absolute
	return slices.ContainsFunc(append(places, "[1-9][0-9]"), func(pattern string) bool {
		matches, _ := filepath.Match(pattern, below)
		return matches
	})
}

// clustersOn finds the clusters in the usual places of the volume at root, and
// follows no link out of it. It leaves out those that it cannot read.
func clustersOn(root string) (found []pg.Neighbour) {
	if root == "" || root == "/" {
		return nil
	}
	volume, err := os.OpenRoot(root)
	if err != nil {
		return nil
	}
	defer volume.Close()
	for _, place := range places {
		versions, _ := fs.Glob(volume.FS(), filepath.Join(place, "PG_VERSION"))
		for _, version := range versions {
			if major := majorOf(volume, version); major != 0 {
				found = append(found, pg.Neighbour{Dir: filepath.Join(root, filepath.Dir(version)), Major: major})
			}
		}
	}
	return found
}

// majorOf reads the major version in a PG_VERSION; 0 where there is none.
func majorOf(volume *os.Root, version string) int {
	info, err := volume.Lstat(version)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 64 {
		return 0
	}
	text, err := volume.ReadFile(version)
	if err != nil {
		return 0
	}
	number, _, _ := strings.Cut(strings.TrimSpace(string(text)), ".") // 9.6
	major, _ := strconv.Atoi(number)
	return major
}
