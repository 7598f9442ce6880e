package entrypoint

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
)

// checkAstray refuses what init scripts wrote, since they began, to a path that
// they took for the data directory: anything in the folder that the cluster is
// about to move to, and configuration files at the root of the volume, where other
// images have their data directory.
func checkAstray(l pgdata.Layout, began time.Time) error {
	var found []string
	add := func(dir, name string) {
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && !info.ModTime().Before(began) && !slices.Contains(found, path) {
			found = append(found, path)
		}
	}
	entries, _ := os.ReadDir(l.Dir) // where there is no such folder, nothing was written to it
	for _, entry := range entries {
		if filepath.Join(l.Dir, entry.Name()) != l.State {
			add(l.Dir, entry.Name())
		}
	}
	for _, name := range []string{pgconf.ConfFile, pgconf.HBAFile, pgconf.IdentFile, pgconf.AutoFile} {
		add(filepath.Dir(l.State), name)
	}
	if len(found) == 0 {
		return nil
	}
	return scriptsAstray(found)
}

// scriptsAstray is the fault of files that no server would ever read, or that
// are in the way of the cluster.
func scriptsAstray(paths []string) *pg.Fault {
	return &pg.Fault{Text: fmt.Sprintf("init scripts wrote outside the new cluster: %s", strings.Join(paths, ", ")), Exit: 78,
		Fix: "Write \"$PGDATA\" in the scripts, not a path: the cluster lies elsewhere until it is whole. Then remove what they wrote, and start again:\n" +
			pg.Master.Run(pg.RemoveCommand(paths)) + "\n" + pg.All.Up()}
}
