package pgdata

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/file"
	"pgreplica/entrypoint/pg"
)

// readAtStart are the files of a data directory that a start reads, and how large
// they may be.
var readAtStart = []struct {
	name string
	most int64
}{
	{"PG_VERSION", file.MostNote}, {"global/pg_control", file.MostNote}, {"standby.signal", file.MostNote},
	{"postgresql.conf", file.MostConf}, {"postgresql.auto.conf", file.MostConf}, {"pg_hba.conf", file.MostConf}, {"pg_ident.conf", file.MostConf},
}

// CheckFiles refuses a volume where a start would read something that is not a
// file or is too large to be one of PostgreSQL's, or rename through a symbolic
// link: reading a FIFO waits for ever, and a link may lead out of the volume. It
// opens nothing but the journal. A refusal is a pg.Fault.
func CheckFiles(l Layout) error {
	for _, file := range readAtStart {
		if err := plainFile(filepath.Join(l.Dir, file.name), file.most, os.Stat); err != nil {
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

// plainFile refuses a path at which something else than a file lies, or a file of
// more than most bytes. stat is os.Stat where a link to a file will do, and
// os.Lstat where it will not.
func plainFile(path string, most int64, stat func(string) (fs.FileInfo, error)) error {
	info, err := stat(path)
	switch {
	case err != nil: // so does whoever reads the file, who says why
		return nil
	case !info.Mode().IsRegular():
		return strange(path, file.Kind(info.Mode()))
	case info.Size() > most:
		return strange(path, file.TooLarge(info.Size(), most))
	}
	return nil
}

// strange is the fault of a path where something lies that neither PostgreSQL nor
// this program has put there.
func strange(path, what string) error {
	return Unfit(path, what, "Find out who put it there, move it out of the volume, and restore the file if it is missing: ls -la "+filepath.Dir(path)+".")
}

// fault makes a fault of what package file says of a path on the volume.
func fault(err error) error {
	if unfit, is := errors.AsType[*file.Unfit](err); is {
		return strange(unfit.Path, unfit.What)
	}
	return err
}

// ReadConf is the text of a configuration file.
func ReadConf(path string) ([]byte, error) {
	text, err := file.Read(path, file.MostConf)
	return text, fault(err)
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
