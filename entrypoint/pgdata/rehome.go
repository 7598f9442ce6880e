package pgdata

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Rehome replaces the path staged by the path to in the *.conf files of a new
// cluster: init scripts, which run before the cluster moves in, may have written
// it there. It refuses a tablespace in the data directory.
func Rehome(staged, to string) error {
	for _, link := range links(staged) {
		if within(staged, link.target()) {
			return Unfit(link.says, "is of a tablespace in the data directory, which would not find it after the cluster has moved in",
				"Give CREATE TABLESPACE a folder of its own, on a volume that is mounted for it, and start again.")
		}
	}
	return filepath.WalkDir(staged, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains([]string{"base", "global"}, entry.Name()) || strings.HasPrefix(entry.Name(), "pg_")):
			return fs.SkipDir
		case !entry.Type().IsRegular() || filepath.Ext(path) != ".conf":
			return nil
		}
		text, err := ReadConf(path)
		if err != nil || !strings.Contains(string(text), staged) {
			return err
		}
		return WriteFile(path, strings.ReplaceAll(string(text), staged, to))
	})
}
