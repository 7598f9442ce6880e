package look

import (
	"maps"
	"slices"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pgdata"
)

// rejectedFiles are the mounted files that a start or apply has rejected. There is
// none in a record that could not be read.
func rejectedFiles(record *pgdata.Record) (files []doctor.File) {
	for _, name := range slices.Sorted(maps.Keys(record.Rejected)) {
		files = append(files, doctor.File{Name: name, Rejected: record.Rejected[name].Reason})
	}
	return files
}
