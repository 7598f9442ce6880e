package doctor

import (
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

func TestAServerIsJudgedByWhatItDoes(t *testing.T) {
	link := func(heard time.Duration) *pg.Receiver {
		return &pg.Receiver{Status: "streaming", End: 100, Heard: heard, Timeout: time.Minute}
	}
	standby := func(r *pg.Receiver) *pg.Health { return &pg.Health{InRecovery: true, LSN: 40, Receiver: r} }
	paused := &pg.Health{InRecovery: true, ReplayPaused: true, Receiver: link(0)}
	late := &pg.Health{InRecovery: true, Received: 100 << 20, LSN: 40, Receiver: link(0), Delay: 90 * time.Second}
	delayed := func(r *pg.Receiver, heldBack bool) *pg.Health {
		return &pg.Health{InRecovery: true, Received: 100 << 20, LSN: 40, Receiver: r, Delay: time.Hour + 30*time.Second, ApplyDelay: time.Hour, HeldBack: heldBack}
	}
	gone := &pg.Fault{ID: NeedsCopy, Text: "the WAL that it needs is gone", Fix: "Copy it anew."}
	restores, archived := &pg.Health{InRecovery: true, LSN: 40, Restores: true}, &pg.Fault{ID: NeedsArchive, Text: "restore_command has to bring it", Fix: "Look."}
	closed := &pg.Fault{ID: "refused", Text: "nothing listens on db1:5432", Fix: "docker compose logs master"}
	for _, c := range []struct {
		title string
		seen  Seen
		level Level
		want  string
	}{
		{"a primary that writes", Seen{Mode: pg.Primary, Server: &pg.Health{}}, OK, "primary, accepting writes"},
		{"a primary with two standbys", Seen{Mode: pg.Primary, Server: &pg.Health{Streams: 2}}, OK, "primary, accepting writes, 2 standbys streaming"},
		{"a primary in recovery", Seen{Mode: pg.Primary, Server: standby(nil)}, Critical, "this server is to be a primary, but it is in recovery"},
		{"a standby that accepts writes", Seen{Mode: pg.Standby, Server: &pg.Health{}}, Critical, "this server is to be a standby, but it accepts writes"},
		{"a standby that streams", Seen{Server: standby(link(0))}, OK, "standby, streaming, 60 B behind"},
		{"an idle primary, which speaks every half minute", Seen{Server: standby(link(39 * time.Second))}, OK, "standby, streaming, 60 B behind"},
		{"a primary that fell silent just now", Seen{Server: standby(link(41 * time.Second)), SinceStreaming: 41 * time.Second}, Warning, "standby, NOT CONNECTED for 41s: its primary has fallen silent"},
		{"a primary that is silent for a minute", Seen{Server: standby(link(time.Minute)), SinceStreaming: time.Minute}, Critical, "standby, NOT CONNECTED for 1m0s: its primary has fallen silent"},
		{"a standby that never streamed", Seen{Server: standby(nil), SinceStreaming: NeverStreamed}, Critical, "standby, NOT CONNECTED since it started"},
		{"a standby that has just started", Seen{Server: &pg.Health{InRecovery: true, Up: 5 * time.Second}, SinceStreaming: NeverStreamed}, Warning, "standby, NOT CONNECTED since it started"},
		{"the same, whose primary is starting too", Seen{Server: &pg.Health{InRecovery: true, Up: 5 * time.Second}, SinceStreaming: NeverStreamed, UpstreamFault: &pg.Fault{ID: "starting", Text: "x", Fix: "y"}}, Warning, "standby, NOT CONNECTED since it started: x"},
		{"the same, whose primary is down", Seen{Server: &pg.Health{InRecovery: true, Up: 5 * time.Second}, SinceStreaming: NeverStreamed, UpstreamFault: closed}, Critical, "standby, NOT CONNECTED since it started: nothing listens on db1:5432"},
		{"a standby that had a minute", Seen{Server: &pg.Health{InRecovery: true, Up: time.Minute}, SinceStreaming: NeverStreamed}, Critical, "standby, NOT CONNECTED since it started"},
		{"a standby that waits", Seen{Server: standby(&pg.Receiver{Status: "waiting"}), SinceStreaming: NeverStreamed}, Critical, "standby, NOT CONNECTED since it started"},
		{"a link that broke just now", Seen{Server: standby(nil), SinceStreaming: 59 * time.Second}, Warning, "standby, NOT CONNECTED for 59s"},
		{"a link that broke a minute ago", Seen{Server: standby(nil), SinceStreaming: time.Minute, UpstreamFault: closed}, Critical, "standby, NOT CONNECTED for 1m0s: nothing listens on db1:5432"},
		{"the same where a standby may be alone", Seen{Server: standby(nil), SinceStreaming: NeverStreamed, UpstreamFault: closed, MayBeAlone: true}, Warning, "standby, NOT CONNECTED since it started: nothing listens on db1:5432"},
		{"a primary that answers", Seen{Server: standby(nil), SinceStreaming: time.Hour, Upstream: &pg.Server{}}, Critical, "standby, NOT CONNECTED for 1h0m0s, though its primary answers"},
		{"WAL that is gone, at once and for good", Seen{Server: standby(nil), SinceStreaming: time.Second, UpstreamFault: gone, MayBeAlone: true}, Critical, "standby, needs a new copy: the WAL that it needs is gone"},
		{"an archive that delivers", Seen{Server: restores, SinceStreaming: NeverStreamed, SinceReplay: time.Minute, UpstreamFault: archived}, Warning, "standby, replays from its archive and does not stream: restore_command has to bring it"},
		{"an archive that delivers while the primary is away", Seen{Server: restores, SinceStreaming: time.Hour, SinceReplay: time.Second, UpstreamFault: closed}, Warning, "standby, replays from its archive and does not stream: nothing listens on db1:5432"},
		{"an archive that delivers no more", Seen{Server: restores, SinceStreaming: time.Hour, SinceReplay: ReplayGrace, UpstreamFault: archived}, Critical, "standby, NOT CONNECTED for 1h0m0s: restore_command has to bring it"},
		{"an archive that never did", Seen{Server: restores, SinceStreaming: NeverStreamed, SinceReplay: NeverStreamed, UpstreamFault: archived}, Critical, "standby, NOT CONNECTED since it started: restore_command has to bring it"},
		{"an archive of another history", Seen{Server: restores, SinceStreaming: time.Hour, UpstreamFault: &pg.Fault{ID: Diverged, Text: "not of its history", Fix: "Look."}}, Critical, "standby, NOT CONNECTED for 1h0m0s: not of its history"},
		{"a moving replay without an archive", Seen{Server: standby(nil), SinceStreaming: time.Hour, UpstreamFault: closed}, Critical, "standby, NOT CONNECTED for 1h0m0s: nothing listens on db1:5432"},
		{"replay that was paused", Seen{Server: paused}, Critical, "replay is paused: what arrives does not become visible"},
		{"replay that paused by itself", Seen{Server: paused, Outgrown: []pg.Shortage{{Name: "max_connections", Has: 100, Needs: 200}}}, Critical, "replay is paused: max_connections is 200 on the primary and 100 here"},
		{"a lag without a limit", Seen{Server: late}, OK, "standby, streaming, 100.0 MiB behind"},
		{"a lag below its limits", Seen{Server: late, MaxBehind: 200 << 20, MaxDelay: 2 * time.Minute}, OK, "standby, streaming, 100.0 MiB behind"},
		{"too much of a lag", Seen{Server: late, MaxBehind: 64 << 20}, Critical, "standby, streaming, 100.0 MiB behind, more than 64.0 MiB"},
		{"too long a lag", Seen{Server: late, MaxDelay: time.Minute}, Critical, "standby, streaming, 100.0 MiB behind and 1m30s late, more than 1m0s"},
		{"a lag that was asked for", Seen{Server: delayed(link(0), true), MaxDelay: time.Minute}, OK, "standby, streaming, 100.0 MiB behind, held back 1h"},
		{"a lag beyond the one that was asked for", Seen{Server: delayed(link(0), true), MaxDelay: 20 * time.Second}, Critical, "standby, streaming, 100.0 MiB behind, held back 1h and 1h0m30s late, more than 20s"},
		{"a delayed standby that replays what it holds", Seen{Server: delayed(nil, true), SinceStreaming: NeverStreamed}, Warning, "standby, NOT CONNECTED since it started: it asks its primary again when it has replayed what it holds, each change 1h old"},
		{"the same, whose primary is down", Seen{Server: delayed(nil, true), SinceStreaming: NeverStreamed, UpstreamFault: closed}, Critical, "standby, NOT CONNECTED since it started: nothing listens on db1:5432"},
		{"a delayed standby that holds nothing more", Seen{Server: delayed(nil, false), SinceStreaming: time.Hour, Upstream: &pg.Server{}}, Critical, "standby, NOT CONNECTED for 1h0m0s, though its primary answers"},
		{"an idle primary, whose last transaction is old", Seen{Server: &pg.Health{InRecovery: true, Receiver: &pg.Receiver{Status: "streaming"}, Delay: time.Hour}, MaxDelay: time.Minute}, OK, "standby, streaming, 0 B behind"},
	} {
		if c.seen.Mode == "" {
			c.seen.Mode = pg.Standby
		}
		found := State(c.seen)
		judged := Worst(found)
		if judged.Level == OK {
			judged = found[len(found)-1]
		}
		if judged.Level != c.level || judged.Text != c.want {
			t.Errorf("%s: got %s %q, want %s %q", c.title, judged.Level, judged.Text, c.level, c.want)
		}
		if judged.Level != OK && judged.Fix == "" {
			t.Errorf("%s: nothing to type", c.title)
		}
	}
}

func TestATimeIsWrittenAsPeopleWriteIt(t *testing.T) {
	for d, want := range map[time.Duration]string{time.Hour: "1h", 24 * time.Hour: "24h", 10 * time.Minute: "10m", 90 * time.Second: "1m30s", 10 * time.Second: "10s", time.Hour + 10*time.Second: "1h0m10s"} {
		if got := Span(d); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestALostSlotOutweighsAnUnusedOne(t *testing.T) {
	worst := Worst(Slots(Seen{Server: &pg.Health{}, Slots: []pg.Slot{{Name: "idle"}, {Name: "db2", WALStatus: "lost"}}}))
	if worst.Level != Critical || !strings.Contains(worst.Text, "db2") {
		t.Errorf("got %+v", worst)
	}
}

func TestAPrimaryWithoutAStandbyIsAWarning(t *testing.T) {
	worst := Worst(Slots(Seen{Server: &pg.Health{}, Followers: []pg.Follower{{Name: "pg_basebackup", State: "backup"}}}))
	if worst.Level != Warning || worst.ID != "followers" {
		t.Errorf("got %+v", worst)
	}
}

func TestTheNeedForACopyIsReportedOnce(t *testing.T) {
	s := Seen{Mode: pg.Standby, Server: &pg.Health{InRecovery: true}, Upstream: &pg.Server{}, Link: &Link{Slot: pg.SlotHolds},
		UpstreamFault: &pg.Fault{ID: NeedsCopy, Text: "the primary has removed the WAL", Fix: CopyAnew}}
	var problems []Finding
	for _, f := range append(State(s), Upstream(s)...) {
		if f.Level != OK {
			problems = append(problems, f)
		}
	}
	if len(problems) != 1 || problems[0].ID != "receiver" || !strings.Contains(problems[0].Text, "needs a new copy") || problems[0].Fix != CopyAnew {
		t.Errorf("got %+v", problems)
	}
}
