package pgdata

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/pg"
)

// CheckFiles refuses a volume where a start would read something that is not a
// file, or rename through a symbolic link: reading a FIFO waits for ever, and a
// link may lead out of the volume. It opens nothing but the journal. A refusal is
// a pg.Fault.
func CheckFiles(l Layout) error {
	for _, name := range []string{"PG_VERSION", "global/pg_control", "postgresql.conf", "postgresql.auto.conf", "pg_hba.conf", "pg_ident.conf", "standby.signal"} {
		if err := plainFile(filepath.Join(l.Dir, name), os.Stat); err != nil {
			return err
		}
	}
	j, err := ReadJournal(l)
	if err != nil || j.Phase == pg.NoChange {
		return err
	}
	folders := []string{j.Staged(l), filepath.Dir(j.Tablespaces(l)), j.Tablespaces(l)}
	if j.Aside != "" {
		folders = append(folders, filepath.Join(l.Old, j.Aside))
	}
	if j.WAL != "" {
		folders = append(folders, j.WAL)
	}
	for _, folder := range folders {
		if err := CheckFolder(folder); err != nil {
			return err
		}
	}
	return nil
}

// plainFile refuses a path at which something else than a file lies. stat is
// os.Stat where a link to a file will do, and os.Lstat where it will not.
func plainFile(path string, stat func(string) (fs.FileInfo, error)) error {
	info, err := stat(path)
	if err != nil || info.Mode().IsRegular() {
		return nil // where stat fails, so does whoever reads the file, who says why
	}
	kind := "is not a file"
	switch mode := info.Mode(); {
	case mode&fs.ModeNamedPipe != 0:
		kind = "is a FIFO, not a file"
	case mode&fs.ModeSocket != 0:
		kind = "is a socket, not a file"
	case mode&fs.ModeSymlink != 0:
		kind = "is a symbolic link, not a file"
	case mode.IsDir():
		kind = "is a folder, not a file"
	}
	return Unfit(path, kind, "Find out who put it there, move it out of the volume, and restore the file if it is missing: ls -la shows it.")
}

// CheckFolder refuses a path at which a symbolic link lies, or anything else that
// is not a folder. It accepts a path at which nothing lies.
func CheckFolder(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return Unfit(path, "is a symbolic link, which could lead out of the volume", "Put a folder in its place, or mount the volume there: ls -l shows where it leads.")
	case !info.IsDir():
		return Unfit(path, "is not a folder", "Move it out of the volume, then start again.")
	}
	return nil
}
