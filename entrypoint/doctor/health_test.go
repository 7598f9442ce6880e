package doctor

import (
	"testing"

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
		{"a server that refuses our login", &pg.Fault{ID: "login", Text: "too many clients"}, "ready", true, true, "too many clients"},
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
