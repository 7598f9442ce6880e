package doctor

import (
	"fmt"
	"math"
	"strings"
	"time"

	"pgreplica/entrypoint/pg"
)

const (
	// StreamingGrace is how long a standby may be disconnected before that is
	// critical.
	StreamingGrace = time.Minute
	// ReplayGrace is how long the replay of a standby may stand still that gets its WAL
	// by restore_command, before that is critical.
	ReplayGrace = 2 * time.Minute
	// NeverStreamed is the SinceStreaming of a standby that has not streamed since it
	// started.
	NeverStreamed time.Duration = math.MaxInt64
)

// IDs of faults that do not pass by waiting.
const (
	NeedsCopy    = "needs-copy"    // the primary has removed the WAL that the standby needs next
	NeedsArchive = "needs-archive" // the same, where restore_command may still bring it
	Diverged     = "diverged"      // the standby's data is not of its primary's history
)

// State judges what the server of this container does now.
func State(s Seen) []Finding {
	if s.Server == nil {
		return nil
	}
	found := []Finding{role(s)}
	if s.Server.InRecovery && s.Mode == pg.Standby {
		found = append(found, replay(s), receiver(s))
	}
	return found
}

// role compares what this server is with what it is to be.
func role(s Seen) Finding {
	switch {
	case s.Mode == pg.Primary && s.Server.InRecovery:
		return Finding{"role", Critical, "this server is to be a primary, but it is in recovery",
			"Make it the primary, " + pg.Master.Psql("SELECT pg_promote()") + ", or start it with REPLICATION_MODE=standby."}
	case s.Mode == pg.Standby && !s.Server.InRecovery:
		return Finding{"role", Critical, "this server is to be a standby, but it accepts writes",
			"If it was promoted on purpose, write REPLICATION_MODE: primary under environment of its service, then " + pg.All.Up() + "; otherwise stop it now: " + pg.Slave.Stop()}
	case s.Mode == pg.Primary && commitsHang(*s.Server):
		return Finding{ID: "role", Text: fmt.Sprintf("primary, commits HANG: they wait for %d of %s, and %d are there", synchronousCount(s.Server.Commits.Names), s.Server.Commits.Names, s.Server.Commits.There)}
	case s.Mode == pg.Primary:
		return Finding{ID: "role", Text: primaryOf(s.Server.Streams)}
	}
	return Finding{ID: "role", Text: "standby, in recovery"}
}

func primaryOf(standbys int) string {
	switch standbys {
	case 0:
		return "primary, accepting writes"
	case 1:
		return "primary, accepting writes, 1 standby streaming"
	}
	return fmt.Sprintf("primary, accepting writes, %d standbys streaming", standbys)
}

// replay judges a pause of replay. PostgreSQL 14 and later also pauses by itself
// where a setting is lower than on the primary, and reports that only in its log.
func replay(s Seen) Finding {
	switch {
	case !s.Server.ReplayPaused:
		return Finding{ID: "replay-paused", Text: "replay goes on"}
	case len(s.Outgrown) > 0:
		limit := s.Outgrown[0]
		return Finding{"limits-outgrown", Critical,
			fmt.Sprintf("replay is paused: %s is %d on the primary and %d here", limit.Name, limit.Needs, limit.Has),
			"Restart this standby, which then has as much: " + pg.Slave.Restart()}
	}
	return Finding{"replay-paused", Critical, "replay is paused: what arrives does not become visible",
		"Continue it: " + pg.Slave.Psql("SELECT pg_wal_replay_resume()")}
}

// receiver judges whether a standby streams. A connection may break and come back,
// so a lost one is a warning at first, and critical after StreamingGrace.
func receiver(s Seen) Finding {
	if s.Server.Receives() {
		return lag(s)
	}
	text, fix := disconnected(s)
	broken := Finding{"receiver", Critical, text, fix}
	switch {
	case s.UpstreamFault != nil && s.UpstreamFault.ID == NeedsCopy:
		broken.Text = "standby, needs a new copy: " + s.UpstreamFault.Text
	case s.replaysArchive():
		broken.Level = Warning
	case s.MayBeAlone || s.SinceStreaming < StreamingGrace || s.isHeldBack() || s.hasJustStarted():
		broken.Level = Warning
	}
	return broken
}

// hasJustStarted says whether a standby has had less than StreamingGrace to connect
// since its start, and its primary names no reason why it does not.
func (s Seen) hasJustStarted() bool {
	up := s.Server.Up
	return s.neverStreamed() && 0 < up && up < StreamingGrace && (s.UpstreamFault == nil || s.UpstreamFault.ID == "starting")
}

// neverStreamed says whether a standby has not streamed since it started.
func (s Seen) neverStreamed() bool {
	return s.Server.InRecovery && !s.Server.Receives() && s.SinceStreaming == NeverStreamed
}

// disconnected says how long a standby has not streamed, why, and what to do.
func disconnected(s Seen) (text, fix string) {
	text = "standby, NOT CONNECTED since it started"
	if s.SinceStreaming < NeverStreamed {
		text = "standby, NOT CONNECTED for " + s.SinceStreaming.Round(time.Second).String()
	}
	switch {
	case s.replaysArchive():
		text = "standby, replays from its archive and does not stream"
		if s.UpstreamFault == nil {
			return text, "Look what restore_command brings: " + pg.Slave.LogTail()
		}
		return text + ": " + s.UpstreamFault.Text, s.UpstreamFault.Fix
	case s.isHeldBack():
		return text + ": it asks its primary again when it has replayed what it holds, each change " + Span(s.Server.ApplyDelay) + " old",
			"Nothing is wrong: PostgreSQL does so after a restart, or a link that broke. To end the delay, unset APPLY_DELAY, then: " + pg.Slave.Up()
	case s.Server.Streaming():
		return text + ": its primary has fallen silent", "Look whether the primary, its host and the network in between still work: " + pg.Master.LogTail()
	case s.UpstreamFault != nil:
		return text + ": " + s.UpstreamFault.Text, s.UpstreamFault.Fix
	case s.Upstream != nil:
		return text + ", though its primary answers", "PostgreSQL says why in the log: " + pg.Slave.LogTail()
	}
	return text, pg.Slave.Exec("pgreplica status") + " says more, and the log says why: " + pg.Slave.LogTail()
}

// isHeldBack says whether a standby has no connection only because its replay is
// delayed: PostgreSQL connects again when all WAL that is here has been replayed. A
// fault of the upstream is the likelier reason, and is reported instead.
func (s Seen) isHeldBack() bool {
	return s.Server.HeldBack && s.Server.Receiver == nil && s.UpstreamFault == nil
}

// replaysArchive says whether a standby that does not stream replays what its
// restore_command brings. It goes on, and streams when the archive ends; data that
// is not of the primary's history will not.
func (s Seen) replaysArchive() bool {
	astray := s.UpstreamFault != nil && (s.UpstreamFault.ID == Diverged || s.UpstreamFault.ID == "system-id")
	return s.Server.Restores && s.SinceReplay < ReplayGrace && !s.Server.Receives() && !astray
}

// Span prints a duration as people write it: 1h, not 1h0m0s.
func Span(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// lag compares how far a streaming standby is behind with MaxBehind and MaxDelay.
// WAL that waits for APPLY_DELAY counts as bytes behind, but that delay is taken off
// the time.
func lag(s Seen) Finding {
	bytes := s.Server.Behind()
	found := Finding{ID: "receiver", Text: fmt.Sprintf("standby, streaming, %s behind", pg.Size(bytes))}
	if delay := s.Server.ApplyDelay; delay > 0 {
		found.Text += ", held back " + Span(delay)
	}
	switch {
	case s.MaxBehind > 0 && bytes > s.MaxBehind:
		found.Text += ", more than " + pg.Size(s.MaxBehind)
	case s.MaxDelay > 0 && bytes > 0 && s.Server.Delay-s.Server.ApplyDelay > s.MaxDelay:
		found.Text += fmt.Sprintf(" and %s late, more than %s", s.Server.Delay.Round(time.Second), s.MaxDelay)
	default:
		return found
	}
	found.ID, found.Level = "lag", Critical
	found.Fix = "See what holds it back, a long query first: " +
		pg.Slave.Exec(`psql -U postgres -c "SELECT pid, xact_start, query FROM pg_stat_activity WHERE state <> 'idle' ORDER BY 2"`)
	return found
}
