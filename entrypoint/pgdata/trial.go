package pgdata

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pgreplica/entrypoint/file"
)

// MakeTrial makes the empty folder at a data directory in which postgres goes
// through a start of the cluster in dir, until it would need data: it has the
// cluster's version and a copy of its pg_control, folders of its own where a start
// writes, and for relative paths of a configuration links to whatever else lies in
// dir. It has no table and no WAL.
func MakeTrial(dir, at string) error {
	var errs []error
	for _, folder := range []string{"base", "global", "pg_dynshmem", "pg_notify", "pg_stat", "pg_stat_tmp", "pg_tblspc"} {
		errs = append(errs, os.Mkdir(filepath.Join(at, folder), 0o700))
	}
	for _, name := range []string{"PG_VERSION", "global/pg_control"} {
		text, err := file.Read(filepath.Join(dir, name), file.MostNote)
		errs = append(errs, err, file.Note(filepath.Join(at, name), string(text)))
	}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if !isClusters(e.Name()) {
			errs = append(errs, ignore(os.Symlink(filepath.Join(dir, e.Name()), filepath.Join(at, e.Name())), fs.ErrExist))
		}
	}
	return errors.Join(append(errs, err)...)
}

// isClusters says whether a name in a data directory is one that a server writes
// to, or that would make a start another one.
func isClusters(name string) bool {
	return slices.Contains([]string{"base", "global", "PG_VERSION", "current_logfiles", "backup_label", "tablespace_map", "promote"}, name) ||
		strings.HasPrefix(name, "pg_") || strings.HasPrefix(name, "postmaster.") || strings.HasSuffix(name, ".signal")
}

// ignore is err, where it is not the one that does not matter.
func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}
