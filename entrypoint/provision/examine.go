package provision

import (
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/plan"
)

// Examine compares the mounted files with those in the data directory. Where there
// is no cluster yet it returns nothing.
func (f Files) Examine(data pg.DataDir) (files []doctor.File) {
	if data.Contents != pg.Cluster {
		return nil
	}
	for _, name := range []string{pgconf.ConfFile, pgconf.HBAFile} {
		m, err := f.read(name)
		if err != nil || !m.found {
			continue
		}
		file := doctor.File{Name: name}
		switch f.verdict(m) {
		case plan.Edited:
			file.Edited = true
		case plan.Withheld:
			file.Edited, file.Changed = true, true
		case plan.Due:
			file.Changed = true
			if known := f.Node.Record.Rejected[name]; known.Hash == m.sum() {
				file.Rejected = known.Reason
			}
		}
		files = append(files, file)
	}
	return files
}
