package entrypoint

import (
	"maps"
	"slices"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// lookAtFiles compares the mounted files with what was made of them. Where
// there is no cluster yet, nothing was.
func (n *Node) lookAtFiles(data *pg.DataDir) (files []doctor.File) {
	if data.Contents != pg.Cluster {
		return nil
	}
	for _, name := range []string{confFile, hbaFile} {
		m, err := n.read(n.layout.Dir, name)
		if err != nil || !m.found {
			continue
		}
		file := doctor.File{Name: name}
		switch n.judge(m) {
		case edited:
			file.Edited = true
		case withheld:
			file.Edited, file.Changed = true, true
		case due:
			file.Changed = true
			if known := n.record.Rejected[name]; known.Hash == m.sum() {
				file.Rejected = known.Reason
			}
		}
		files = append(files, file)
	}
	return files
}

// rejectedFiles are the mounted files that a start or apply has rejected.
// Whoever cannot read the state says nothing of them.
func rejectedFiles(layout pgdata.Layout) (files []doctor.File) {
	rejected := pgdata.ReadRecord(layout.State).Rejected
	for _, name := range slices.Sorted(maps.Keys(rejected)) {
		files = append(files, doctor.File{Name: name, Rejected: rejected[name].Reason})
	}
	return files
}
