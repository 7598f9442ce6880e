package doctor

import (
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// Identity compares this server, or its data where no server runs, with its
// upstream. A standby is a copy byte for byte: of another cluster, of another major
// version or with another size of WAL segments it is unusable.
func Identity(s Seen) []Finding {
	var found []Finding
	if up := s.Upstream; up != nil {
		found = append(found, systemID(s), majorVersion(s))
		if s.Server != nil && s.Server.Major == up.Major {
			found = append(found, minorVersion(s.Server.Version, up.Version))
		}
		if s.Inside != nil {
			found = append(found, segmentSize(s.Inside.Settings, up.Settings))
		}
	}
	return append(found, append(collation(s), checksums(s)...)...)
}

// localSystemID is the system identifier of this server, or of its data where no
// server runs; 0 where both are unknown.
func (s Seen) localSystemID() (id pg.SystemID) {
	switch {
	case s.Server != nil:
		id = s.Server.SystemID
	case s.Data != nil:
		id = s.Data.SystemID
	}
	return id
}

func systemID(s Seen) Finding {
	here, there := s.localSystemID(), s.Upstream.SystemID
	level := OK
	if here != 0 && here != there || s.SystemID != 0 && s.SystemID != there {
		level = Critical
	}
	bad := pg.OtherCluster(here, there)
	if here == there || here == 0 {
		bad.Text = fmt.Sprintf("SYSTEM_ID is %s, the server at MASTER_SERVER is of %s", s.SystemID, there)
		bad.Fix = "Correct SYSTEM_ID, or MASTER_SERVER and MASTER_PORT, then " + pg.Slave.Up()
	}
	return finding("system-id", level, "the upstream is of cluster "+there.String(), bad.Text, bad.Fix)
}

func majorVersion(s Seen) Finding {
	here := s.Major
	if s.Data != nil && s.Data.Major != 0 {
		here = s.Data.Major
	}
	level := OK
	if here != 0 && here != s.Upstream.Major || s.Major != 0 && s.Major != s.Upstream.Major {
		level = Critical
	}
	return finding("major-version", level, fmt.Sprintf("both sides are PostgreSQL %d", s.Upstream.Major),
		fmt.Sprintf("the upstream is PostgreSQL %d, the data here is of %d and this image is %d", s.Upstream.Major, here, s.Major),
		fmt.Sprintf("Build this image with the upstream's version: PG_MAJOR=%d %s", s.Upstream.Major, pg.Slave.Rebuild()))
}

// minorVersion wants the standby upgraded first: a newer primary may write WAL
// that an older standby cannot replay.
func minorVersion(here, there string) Finding {
	var a, b int
	_, errHere := fmt.Sscanf(here, "%d.%d", new(int), &a)
	_, errThere := fmt.Sscanf(there, "%d.%d", new(int), &b)
	if errHere != nil || errThere != nil {
		return Finding{"minor-version", Unknown, fmt.Sprintf("version %s here or %s there is no release", versionNumber(here), versionNumber(there)), "Use released versions on both sides: " + pg.All.Refresh()}
	}
	level := OK
	if a < b {
		level = Warning
	}
	return finding("minor-version", level, "this standby, "+versionNumber(here)+", is not older than its upstream, "+versionNumber(there),
		fmt.Sprintf("this standby is %s, older than its upstream's %s", versionNumber(here), versionNumber(there)),
		"Upgrade the standby first: "+pg.Slave.Refresh()+" && "+pg.Slave.Up())
}

func versionNumber(version string) string {
	first, _, _ := strings.Cut(version, " ")
	return first
}

func segmentSize(here, there pg.Settings) Finding {
	a, b := here["wal_segment_size"], there["wal_segment_size"]
	level := OK
	if a != b && a != "" && b != "" {
		level = Critical
	}
	return finding("wal-segment-size", level, "a file of WAL has "+a+" on both sides", "a file of WAL has "+a+" here and "+b+" on the upstream",
		"Copy this standby anew: move its data out of the volume, then "+pg.Slave.Up())
}

// checksums judges whether pg_rewind could bring a former primary back, which needs
// data_checksums or wal_log_hints.
func checksums(s Seen) []Finding {
	settings := s.walSettings()
	if settings["data_checksums"] == "" || settings["wal_log_hints"] == "" {
		return nil
	}
	level := OK
	if !settings.On("data_checksums") && !settings.On("wal_log_hints") {
		level = Warning
	}
	return []Finding{finding("checksums", level, "data_checksums is "+settings["data_checksums"]+", wal_log_hints is "+settings["wal_log_hints"],
		"neither data_checksums nor wal_log_hints is on: pg_rewind could not bring a former primary back",
		alterAndRestartCommand("master", "wal_log_hints = on"))}
}

// walSettings are the settings of this server, or of the upstream where they are
// unknown.
func (s Seen) walSettings() pg.Settings {
	if s.Inside != nil {
		return s.Inside.Settings
	}
	if s.Upstream != nil {
		return s.Upstream.Settings
	}
	return nil
}
