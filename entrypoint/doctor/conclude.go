package doctor

import (
	"slices"

	"pgreplica/entrypoint/pg"
)

// promotionChecks are the checks that must be OK before a standby is promoted: its
// data is complete, sorts as on the primary, and survives a crash; its databases
// open, and clients get in.
var promotionChecks = []string{"role", "replay-paused", "limits-outgrown", "receiver", "lag", "system-id", "timeline", "collation", "standby-signal", "data", "durability", "disk", "volume", "databases", "listening", "client-login"}

// Conclude answers in one sentence whether replication works, and whether a
// promotion would be safe.
func Conclude(s Seen, checks []Check) string {
	bad := Problems(checks)
	count := "No problem. "
	if len(bad) > 0 {
		count = countText(len(bad), "problem", "problems") + ". "
	}
	return count + s.outlook(bad)
}

func (s Seen) outlook(bad []Check) string {
	switch {
	case slices.ContainsFunc(bad, func(c Check) bool { return c.Group == "configuration" && c.Level == Critical }):
		return "Nothing else was looked at: with this environment nothing starts."
	case s.refusesLogin():
		return "The server answers and refuses this program's login: whether a promotion would be safe is not known."
	case s.Server == nil && slices.ContainsFunc(bad, func(c Check) bool { return c.Level == Critical }):
		return "No server answers here, and a start would meet what is critical."
	case s.Server == nil:
		return "No server answers here; nothing that was seen stands in the way of a start."
	case !s.Server.InRecovery:
		return s.primaryOutlook()
	case s.replaysArchive():
		return "This standby replays from its archive and does not stream; a promotion would lose what has not arrived there."
	case !s.Server.Receives():
		return "Replication does not work now, and a promotion would lose what this standby has not received."
	case s.UpstreamFault != nil: // this standby could not be compared with its primary
		return "This standby still streams, but could not connect anew; whether a promotion would be safe is not known."
	case slices.ContainsFunc(bad, func(c Check) bool { return c.Level != Unknown && slices.Contains(promotionChecks, c.ID) }):
		return "Replication works now, a promotion would not be safe."
	case s.Inside == nil || slices.ContainsFunc(bad, func(c Check) bool { return slices.Contains(promotionChecks, c.ID) }):
		return "Replication works now; whether a promotion would be safe is not known."
	}
	return "Replication works now, and a promotion would be safe."
}

// primaryOutlook concludes for a server that accepts writes. It cannot judge a
// promotion: only the standby knows its own state.
func (s Seen) primaryOutlook() string {
	if s.Mode == pg.Standby {
		return "This server does not replicate: it accepts writes."
	}
	streams := slices.ContainsFunc(s.Followers, func(f pg.Follower) bool { return f.State == "streaming" })
	if !streams {
		return "No standby streams from this primary, so there is none to promote."
	}
	return "Replication works now; whether a promotion would be safe, the standby's own pgreplica doctor says."
}
