package pgdata

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"pgreplica/entrypoint/file"
	"pgreplica/entrypoint/pg"
)

// Inspect says what a data directory holds. One that is not there is empty.
func Inspect(dir string) (pg.DataDir, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return pg.DataDir{Contents: pg.Empty}, nil
	}
	if err != nil {
		return pg.DataDir{}, err
	}
	names := map[string]bool{}
	var strangers []string
	for _, entry := range entries {
		if !Ignorable(entry.Name()) {
			names[entry.Name()] = true
			strangers = append(strangers, entry.Name())
		}
	}
	switch {
	case len(names) == 0:
		return pg.DataDir{Contents: pg.Empty}, nil
	case !names["PG_VERSION"]:
		return pg.DataDir{Contents: pg.Foreign, Strangers: someOf(strangers)}, nil
	}
	return inspectCluster(dir, pg.DataDir{
		Standby:        names["standby.signal"],
		RecoverySignal: names["recovery.signal"],
		BackupLabel:    names["backup_label"],
	})
}

func inspectCluster(dir string, data pg.DataDir) (pg.DataDir, error) {
	version, err := file.Read(filepath.Join(dir, "PG_VERSION"), file.MostNote)
	if err != nil {
		return data, fault(err)
	}
	data.Major, err = strconv.Atoi(strings.TrimSpace(string(version)))
	if err != nil {
		data.Contents = pg.Corrupt
		return data, nil
	}
	control, err := file.Read(filepath.Join(dir, "global", "pg_control"), file.MostNote)
	if errors.Is(err, fs.ErrNotExist) {
		data.Contents = pg.Incomplete
		return data, nil
	}
	if err != nil {
		return data, fault(err)
	}
	data.Contents = pg.Cluster
	if data.SystemID, data.Timeline, err = parseControl(control); err != nil {
		data.Contents = pg.Corrupt
		return data, nil
	}
	data.Missing = missingLink(dir)
	return data, nil
}

// missingLink names the first link of a cluster that leads to no folder; empty
// where all do.
func missingLink(dir string) string {
	links, _ := filepath.Glob(filepath.Join(dir, "pg_tblspc", "*"))
	for _, link := range append(links, filepath.Join(dir, "pg_wal")) {
		if info, err := os.Stat(link); err != nil || !info.IsDir() {
			target, _ := os.Readlink(link)
			return strings.TrimSuffix(link+" -> "+target, " -> ")
		}
	}
	return ""
}

// Ignorable says whether an entry of a data directory is no part of the data:
// it belongs to the file system, or to this program.
func Ignorable(name string) bool {
	return name == "lost+found" || name == ".snapshot" || name == stateInside
}

// someOf lists the first five names and counts the others.
func someOf(names []string) string {
	const few = 5
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}

// IsStandby says whether postgres would start dir as a standby.
func IsStandby(dir string) (bool, error) {
	_, err := os.Lstat(filepath.Join(dir, "standby.signal"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
