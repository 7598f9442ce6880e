package provision

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgdata"
)

// GoBack puts back what newly placed files took the place of, where the server
// that was started with them ended before it had begun its work: it has not written
// pg_control since, and took postmaster.pid with it, or was killed before that says
// what the server does. A server that was killed later may have been at a recovery,
// and is started with the same files again. GoBack is to be called before anybody
// removes postmaster.pid.
func (f Files) GoBack() error {
	record := f.Node.Record
	switch {
	case record.Tried == "":
		return nil
	case record.Tried != pgdata.ControlWritten(f.Dir):
		record.Prove()
		return nil
	case pgdata.ServerStatus(f.Dir) != "":
		return nil
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(record.Untried)) {
		errs = append(errs, putBack(f, name, record.Untried[name].Next()))
	}
	return errors.Join(append(errs, record.Save("start"))...)
}

// putBack puts one file back. What was edited since it was placed stays, and so does
// what has nothing to go back to.
func putBack(f Files, name string, kept pgdata.Kept) error {
	record, path := f.Node.Record, filepath.Join(f.Dir, name)
	bad, errBad := pgdata.ReadConf(path)
	old, errOld := pgdata.ReadConf(filepath.Join(f.Dir, kept.File))
	err := errors.Join(errBad, errOld)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case pgdata.Hash(pgconf.WithoutBlocks(string(bad))) != cmp.Or(record.Placed[name], record.Files[name]):
		return nil
	}
	text := string(old)
	if kept.New {
		text = initdbsFile(f, name, text)
	}
	if err := pgdata.WriteFile(path, text); err != nil {
		return err
	}
	record.GoBack(name, pgdata.Hash(pgconf.WithoutBlocks(text)), pgdata.Rejection{Hash: record.Files[name], Under: serverSaid,
		Reason: "the server that was started with it ended before it had begun its work, and its log says why: " + f.Node.Service().Log()})
	return nil
}

// initdbsFile is a file of initdb's as a cluster has it that nothing is mounted for.
func initdbsFile(f Files, name, text string) string {
	if name == pgconf.ConfFile {
		return initdbsConf(f, text)
	}
	users := pgconf.WithoutBlocks(text) + pgconf.HostHBA(cmp.Or(f.Node.Config.HostAuthMethod, pgconf.LoginMethod(f.Dir, f.Args)))
	return pgconf.InstalledHBA(hbaBlock(f.Node, users), users)
}
