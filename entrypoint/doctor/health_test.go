package doctor

import (
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

func TestARejectedFileMakesNobodyUnhealthy(t *testing.T) {
	seen := Seen{Mode: pg.Primary, Server: &pg.Health{}, Files: []File{{Name: "pg_hba.conf", Rejected: "line 3: nonsense"}}}
	const want = "primary, accepting writes; the mounted pg_hba.conf is rejected, the previous one stays"
	if got, err := Health(seen, false); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestWhatOnlyRecoversLivesAndIsNotReady(t *testing.T) {
	starting := &pg.Fault{ID: "starting", Text: "the server does not take connections yet"}
	for _, c := range []struct {
		title       string
		silent      *pg.Fault
		status      string
		live, ready bool
		want        string
	}{
		{"a server that recovers", starting, "starting", true, false, "recovery: the server does not take connections yet"},
		{"a standby that takes no queries", starting, "standby", true, false, "standby, in recovery, takes no queries: set hot_standby = on in postgresql.conf"},
		{"a server that is not there", &pg.Fault{ID: "refused", Text: "no server listens"}, "", false, false, "no server listens"},
		{"a server that is stopped", &pg.Fault{ID: "timeout", Text: "does not answer"}, "ready", false, false, "does not answer"},
		{"anything else", &pg.Fault{ID: "other", Text: "no such volume"}, "", false, false, "no such volume"},
	} {
		for _, live := range []bool{true, false} {
			line, err := Health(Seen{NoAnswer: c.silent, PIDFile: c.status}, live)
			well := live && c.live || !live && c.ready
			if err != nil {
				line = err.Error()
			}
			if (err == nil) != well || line != c.want {
				t.Errorf("%s, live %v: got %q, %v", c.title, live, line, err)
			}
		}
	}
}

func TestAServerThatRefusesOurLoginIsJudgedFromOutside(t *testing.T) {
	login := &pg.Fault{ID: "login", Text: "no such role", Fix: "Name it."}
	locale := &pg.Fault{ID: "locale", Text: "no such locale", Fix: "Build it in."}
	for _, c := range []struct {
		title string
		seen  Seen
		ready bool
		want  string
	}{
		{"a primary", Seen{Mode: pg.Primary, NoAnswer: login, Outside: &Outside{}}, true, "primary; no such role"},
		{"a primary that nobody can use", Seen{Mode: pg.Primary, NoAnswer: locale, Outside: &Outside{}}, false, "primary, and none of its databases can be opened; no such locale"},
		{"a primary in recovery", Seen{Mode: pg.Primary, NoAnswer: login, Outside: &Outside{Standby: true}}, false, "this server is to be a primary, but it is in recovery; no such role"},
		{"a standby that was promoted", Seen{Mode: pg.Standby, NoAnswer: login, Outside: &Outside{}}, false, "this server is to be a standby, but it accepts writes; no such role"},
		{"a standby that streams", Seen{Mode: pg.Standby, NoAnswer: locale, Outside: &Outside{Standby: true, Reception: pg.Streams}}, true, "standby, streaming, how far behind is not known; no such locale"},
		{"a link that broke just now", Seen{Mode: pg.Standby, NoAnswer: login, Outside: &Outside{Standby: true, Reception: pg.NoReceiver}, SinceStreaming: 59 * time.Second}, true, "standby, NOT CONNECTED for 59s; no such role"},
		{"a link that broke a minute ago", Seen{Mode: pg.Standby, NoAnswer: login, Outside: &Outside{Standby: true, Reception: pg.NoReceiver}, SinceStreaming: time.Minute}, false, "standby, NOT CONNECTED for 1m0s; no such role"},
		{"a standby that never streamed", Seen{Mode: pg.Standby, NoAnswer: login, Outside: &Outside{Standby: true, Reception: pg.NoReceiver}, SinceStreaming: NeverStreamed}, false, "standby, NOT CONNECTED since it started; no such role"},
		{"the same, which may be alone", Seen{Mode: pg.Standby, NoAnswer: login, Outside: &Outside{Standby: true, Reception: pg.NoReceiver}, SinceStreaming: NeverStreamed, MayBeAlone: true}, true, "standby, NOT CONNECTED since it started; no such role"},
		{"a receiver without a title", Seen{Mode: pg.Standby, NoAnswer: login, Outside: &Outside{Standby: true}}, false, "standby, and whether it streams is not known; no such role"},
		{"a server of which nothing was seen", Seen{Mode: pg.Standby, NoAnswer: login}, false, "what this server does is not known; no such role"},
	} {
		line, err := Health(c.seen, false)
		if err != nil {
			line = err.Error()
		}
		if (err == nil) != c.ready || line != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.title, line, err, c.want)
		}
		if line, err := Health(c.seen, true); err != nil || line != c.want {
			t.Errorf("%s, live: got %q, %v", c.title, line, err)
		}
		if _, why := Absence(c.seen); why.Level != Critical || why.ID != c.seen.NoAnswer.ID || why.Fix == "" {
			t.Errorf("%s: status says %+v", c.title, why)
		}
		c.seen.Data = &pg.DataDir{Contents: pg.Cluster}
		if found := Data(c.seen); found[0].Level != Critical || found[0].ID != c.seen.NoAnswer.ID {
			t.Errorf("%s: doctor says %+v", c.title, found)
		}
	}
}

func TestAHealthcheckWaitsForWorkAlone(t *testing.T) {
	refused, starting := &pg.Fault{ID: "refused"}, &pg.Fault{ID: "starting"}
	for _, c := range []struct {
		title string
		seen  Seen
		want  bool
	}{
		{"a copy", Seen{NoAnswer: refused, Working: "copying the primary"}, true},
		{"a copy that stands still", Seen{NoAnswer: refused, Working: "copying the primary", Stalled: true}, false},
		{"no server and no start", Seen{NoAnswer: refused}, false},
		{"a recovery", Seen{NoAnswer: starting, PIDFile: "starting"}, true},
		{"a shutdown", Seen{NoAnswer: starting, PIDFile: "stopping"}, false},
		{"a standby that takes no queries", Seen{NoAnswer: starting, PIDFile: "standby"}, false},
		{"a server that hangs", Seen{NoAnswer: &pg.Fault{ID: "timeout"}, PIDFile: "ready"}, false},
		{"a standby that does not stream", Seen{Mode: pg.Standby, Server: &pg.Health{InRecovery: true}}, false},
	} {
		if got := Busy(c.seen); got != c.want {
			t.Errorf("%s: got %v", c.title, got)
		}
	}
}

func TestTheGraceOfAStartIsNotReadiness(t *testing.T) {
	seen := Seen{Mode: pg.Standby, Server: &pg.Health{InRecovery: true, Up: 5 * time.Second}, SinceStreaming: NeverStreamed}
	if line, err := Health(seen, false); err == nil {
		t.Errorf("a standby that has not streamed yet is ready: %s", line)
	}
	seen.MayBeAlone = true
	if line, err := Health(seen, false); err != nil {
		t.Errorf("one that may be alone is not: %s, %v", line, err)
	}
}
