package doctor

import (
	"fmt"
	"math"
	"strings"
	"time"

	"pgreplica/entrypoint/pg"
)

const (
	// StreamingGrace is how long a standby that has streamed may do without.
	StreamingGrace = time.Minute
	// NeverStreamed is the silence of a standby that has not streamed since it
	// started.
	NeverStreamed time.Duration = math.MaxInt64
)

// Refusals that no patience heals.
const (
	NeedsCopy = "needs-copy" // the primary has removed the WAL that the standby needs next
	Diverged  = "diverged"   // the standby's data is not of its primary's history
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

// role compares what the server is with what it is to be.
func role(s Seen) Finding {
	switch {
	case s.Mode == pg.Primary && s.Server.InRecovery:
		return Finding{"role", Critical, "this server is to be a primary, but it is in recovery",
			"Make it the primary, " + pg.Master.Psql("SELECT pg_promote()") + ", or start it with REPLICATION_MODE=standby."}
	case s.Mode == pg.Standby && !s.Server.InRecovery:
		return Finding{"role", Critical, "this server is to be a standby, but it accepts writes",
			"If it was promoted on purpose, write REPLICATION_MODE: primary under environment of its service, then " + pg.All.Up() + "; otherwise stop it now: " + pg.Slave.Stop()}
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

// replay tells a pause that somebody asked for from the one that PostgreSQL 14
// and later makes by itself, which shows nowhere else.
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

// receiver is the one check that has patience: a link may break and come back.
func receiver(s Seen) Finding {
	if s.Server.Receives() {
		return behind(s)
	}
	text, fix := cut(s)
	broken := Finding{"receiver", Critical, text, fix}
	switch {
	case s.UpstreamFault != nil && s.UpstreamFault.ID == NeedsCopy:
		broken.Text = "standby, needs a new copy: " + s.UpstreamFault.Text
	case s.MayBeAlone || s.SinceStreaming < StreamingGrace || s.heldBack():
		broken.Level = Warning
	}
	return broken
}

// cut says since when a standby does not stream, why, and what to do.
func cut(s Seen) (text, fix string) {
	text = "standby, NOT CONNECTED since it started"
	if s.SinceStreaming < NeverStreamed {
		text = "standby, NOT CONNECTED for " + s.SinceStreaming.Round(time.Second).String()
	}
	switch {
	case s.heldBack():
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

// heldBack is true of a standby that has no connection because its replay is
// delayed, as far as anybody can tell.
func (s Seen) heldBack() bool {
	return s.Server.HeldBack && s.Server.Receiver == nil && s.UpstreamFault == nil
}

// Span is a time as people write it: 1h, not 1h0m0s.
func Span(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// behind holds a standby that streams to the limits that were asked for. Bytes
// that wait for APPLY_DELAY to pass count, that time does not.
func behind(s Seen) Finding {
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
