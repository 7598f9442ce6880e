package pgdata

import (
	"os"
	"path/filepath"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A link of a cluster leads to a part of it outside the data directory: a
// tablespace, or its WAL. PostgreSQL makes them absolute.
type link struct{ path, says string }

// target is where the link leads, as it is written.
func (l link) target() string {
	if filepath.IsAbs(l.says) {
		return filepath.Clean(l.says)
	}
	return filepath.Join(filepath.Dir(l.path), l.says)
}

// links are those of the cluster in dir.
func links(dir string) []link {
	paths := []string{filepath.Join(dir, "pg_wal")}
	tablespaces, _ := os.ReadDir(filepath.Join(dir, "pg_tblspc"))
	for _, entry := range tablespaces {
		paths = append(paths, filepath.Join(dir, "pg_tblspc", entry.Name()))
	}
	var found []link
	for _, path := range paths {
		if says, err := os.Readlink(path); err == nil {
			found = append(found, link{path, says})
		}
	}
	return found
}

// WALFolder is where the pg_wal of the cluster in dir leads; nothing where it
// is a folder of the cluster's own, or leads nowhere.
func WALFolder(dir string) string {
	path := filepath.Join(dir, "pg_wal")
	if says, err := os.Readlink(path); err == nil && isFolder(path) {
		return link{path, says}.target()
	}
	return ""
}

// InLayer names the folders that a cluster's links lead to and that lie in the
// container's own layer: a new container does not get them back.
func InLayer(dir string) ([]string, error) {
	found := links(dir)
	if len(found) == 0 {
		return nil, nil
	}
	mountinfo, err := readMountinfo()
	return inLayer(found, mountinfo), err
}

func inLayer(found []link, mountinfo []byte) []string {
	var lost []string
	for _, link := range found {
		folder, err := filepath.EvalSymlinks(link.target())
		if err == nil && volumeKind(mountOf(folder, mountinfo)) == pg.Layer {
			lost = append(lost, folder)
		}
	}
	return lost
}

// Astray names the first tablespace of a copy that did not go below the folder
// that was meant for it; nothing where all did.
func Astray(staged, tablespaces string) string {
	for _, link := range links(staged) {
		if link.path != filepath.Join(staged, "pg_wal") && filepath.Dir(link.target()) != tablespaces {
			return link.path + " -> " + link.says
		}
	}
	return ""
}

// within says whether path is dir or lies below it.
func within(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
