package pgdata

import (
	"os"
	"path/filepath"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A link of a cluster leads to a part of it outside the data directory: a
// tablespace, or its WAL. PostgreSQL makes them absolute.
type link struct {
	path string // of the link itself
	says string // the text of the link, which may be relative where a person made it
}

// target is the path that the link leads to, whether or not it exists.
func (l link) target() string {
	if filepath.IsAbs(l.says) {
		return filepath.Clean(l.says)
	}
	return filepath.Join(filepath.Dir(l.path), l.says)
}

// links returns the links of the cluster in dir.
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

// WALFolder is the folder that pg_wal of the cluster in dir leads to; empty where
// pg_wal is not a link, or leads to no folder.
func WALFolder(dir string) string {
	path := filepath.Join(dir, "pg_wal")
	if says, err := os.Readlink(path); err == nil && isFolder(path) {
		return link{path, says}.target()
	}
	return ""
}

// InLayer returns the folders that a cluster's links lead to and that lie on no
// volume but in the container's own layer: they are lost with the container.
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

// Astray returns the first link to a tablespace of a copy that leads elsewhere
// than into the folder tablespaces, as LINK -> TARGET; empty where none does.
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
