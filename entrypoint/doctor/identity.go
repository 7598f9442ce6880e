package doctor

import (
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// Identity compares this server, or its data where none runs, with its
// upstream: a standby is its byte for byte, or it is not usable.
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

// whose is the system identifier of the server here, or of its data.
func (s Seen) whose() (id pg.SystemID) {
	switch {
	case s.Server != nil:
		id = s.Server.SystemID
	case s.Data != nil:
		id = s.Data.SystemID
	}
	return id
}

func systemID(s Seen) Finding {
	here, there := s.whose(), s.Upstream.SystemID
	level := OK
	if here != 0 && here != there || s.SystemID != 0 && s.SystemID != there {
		level = Critical
	}
	bad := fmt.Sprintf("the data here is of cluster %s, the server at MASTER_SERVER of %s", here, there)
	if here == there || here == 0 {
		bad = fmt.Sprintf("SYSTEM_ID is %s, the server at MASTER_SERVER is of %s", s.SystemID, there)
	}
	return verdict("system-id", level, "the upstream is of cluster "+there.String(), bad,
		"Check MASTER_SERVER and MASTER_PORT, then "+pg.Slave.Up()+". To follow the other cluster, use an empty volume.")
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
	return verdict("major-version", level, fmt.Sprintf("both sides are PostgreSQL %d", s.Upstream.Major),
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
		return Finding{"minor-version", Unknown, fmt.Sprintf("version %s here or %s there is no release", number(here), number(there)), "Use released versions on both sides: " + pg.All.Refresh()}
	}
	level := OK
	if a < b {
		level = Warning
	}
	return verdict("minor-version", level, "this standby, "+number(here)+", is not older than its upstream, "+number(there),
		fmt.Sprintf("this standby is %s, older than its upstream's %s", number(here), number(there)),
		"Upgrade the standby first: "+pg.Slave.Refresh()+" && "+pg.Slave.Up())
}

func number(version string) string {
	first, _, _ := strings.Cut(version, " ")
	return first
}

func segmentSize(here, there pg.Settings) Finding {
	a, b := here["wal_segment_size"], there["wal_segment_size"]
	level := OK
	if a != b && a != "" && b != "" {
		level = Critical
	}
	return verdict("wal-segment-size", level, "a file of WAL has "+a+" on both sides", "a file of WAL has "+a+" here and "+b+" on the upstream",
		"Copy this standby anew: move its data out of the volume, then "+pg.Slave.Up())
}

// checksums asks whether a former primary could be rewound.
func checksums(s Seen) []Finding {
	settings := s.settings()
	if settings["data_checksums"] == "" || settings["wal_log_hints"] == "" {
		return nil
	}
	level := OK
	if !settings.On("data_checksums") && !settings.On("wal_log_hints") {
		level = Warning
	}
	return []Finding{verdict("checksums", level, "data_checksums is "+settings["data_checksums"]+", wal_log_hints is "+settings["wal_log_hints"],
		"neither data_checksums nor wal_log_hints is on: pg_rewind could not bring a former primary back",
		alterAndRestart("master", "wal_log_hints = on"))}
}

// settings are those of the server here, else of the upstream.
func (s Seen) settings() pg.Settings {
	if s.Inside != nil {
		return s.Inside.Settings
	}
	if s.Upstream != nil {
		return s.Upstream.Settings
	}
	return nil
}
