package entrypoint

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

func TestTwoAppliesDoNotWorkAtOnce(t *testing.T) {
	n := newNode(t, pg.Primary)
	if err := pgdata.Lock(n.layout.State); err != nil {
		t.Fatal(err)
	}
	limited, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := lockState(limited, n.layout.State); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a wait for the other one", err)
	}
}

func TestApplySaysWhatItDidAndWhatIsLeft(t *testing.T) {
	hba, conf := mounted{name: hbaFile, path: "/c/pg_hba.conf"}, mounted{name: confFile, path: "/c/postgresql.conf"}
	for want, c := range map[string]Changes{
		NothingToDo: {placed: []placement{{mounted: hba, verdict: same}}},
		"placed /c/postgresql.conf\nthe server has read its configuration\nmax_connections changes from 1 to 2 at the next start: docker compose restart slave\n": {
			placed: []placement{{mounted: conf, verdict: due, placed: true}}, done: []string{"the server has read its configuration"},
			waiting: []pg.Pending{{Name: "max_connections", Now: "1", Then: "2"}}},
		NothingToDo + "pg_hba.conf was edited in the data directory, and is kept so. To put the mounted one there: docker compose exec slave pgreplica apply --replace\n": {
			placed: []placement{{mounted: hba, verdict: edited}}},
	} {
		c.service = "slave"
		if got := c.Text(); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}
