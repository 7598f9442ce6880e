package doctor

import (
	"fmt"

	"pgreplica/entrypoint/pg"
)

// Archive judges the archiving of WAL. A server keeps each file until its archive
// has it, whatever slots and limits say, and stops when the volume is full.
func Archive(s Seen) []Finding {
	if s.Inside == nil || s.Inside.Archive == nil {
		return nil
	}
	a, service := *s.Inside.Archive, s.Mode.Service()
	kept := pg.Size(a.Waiting) + " of WAL wait for it, and fill the volume"
	found := Finding{"archive", Warning, "", "See why: " + service.LogTail() + ". To do without an archive: " + alterAndRestartCommand(service, "archive_mode = off")}
	switch {
	case a.Disabled:
		found.Text = "archive_mode is on, and no archive_command is set: " + kept
	case a.Failing:
		found.Text = fmt.Sprintf("archive_command has failed %s, the last time for %s: %s", countText(int(a.Failed), "time", "times"), a.LastFailed, kept)
	case a.Waiting >= archiveLag && s.archiveThreatens():
		found.Text = "archive_command does not keep up: " + kept
	default:
		return []Finding{{ID: "archive", Text: "WAL is archived, " + pg.Size(a.Waiting) + " wait for it"}}
	}
	if s.archiveThreatens() {
		found.Level = Critical
	}
	return []Finding{found}
}

// archiveLag is how much WAL may wait while a working archive is behind.
const archiveLag = 256 * mebibyte

// archiveThreatens says whether the WAL that waits for the archive takes more than
// what is free.
func (s Seen) archiveThreatens() bool { return s.Volume != nil && s.archiveKeeps() >= s.Volume.Free }

// archiveKeeps is how many bytes of WAL wait for the archive.
func (s Seen) archiveKeeps() int64 {
	if s.Inside == nil || s.Inside.Archive == nil {
		return 0
	}
	return s.Inside.Archive.Waiting
}

// Damage reports data that has failed its checksums. Where there is none it says
// nothing: data that nobody has read since may be damaged as well.
func Damage(s Seen) []Finding {
	if s.Inside == nil || len(s.Inside.Damaged) == 0 {
		return nil
	}
	service, one := s.Mode.Service(), s.Inside.Damaged[0]
	where := "database " + one.Database
	if one.Database == "" {
		where = "the tables that all databases share"
	}
	text := fmt.Sprintf("data of %s has failed its checksums %s, the last time at %s", where, countText(int(one.Failures), "time", "times"), one.Last.UTC().Format("2006-01-02 15:04:05 MST"))
	if more := len(s.Inside.Damaged) - 1; more > 0 {
		text += fmt.Sprintf(", and that of %s", countText(more, "other", "others"))
	}
	return []Finding{{"checksum-failures", Critical, text + ": it is damaged on the disk, and no base backup of it can be made",
		"The first damaged table is named by: " + service.Exec("pg_dumpall -U postgres -f /dev/null") + ". Restore it from a backup; an index is made anew: " +
			service.Exec("reindexdb -U postgres --all") + ". To count anew, in each database: " + service.Exec("psql -U postgres -d DATABASE -c 'SELECT pg_stat_reset()'")}}
}
