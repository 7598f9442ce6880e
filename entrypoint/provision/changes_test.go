package provision

import (
	"testing"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/plan"
)

func TestApplySaysWhatItDidAndWhatIsLeft(t *testing.T) {
	hba, conf := mountedFile{name: pgconf.HBAFile, path: "/c/pg_hba.conf"}, mountedFile{name: pgconf.ConfFile, path: "/c/postgresql.conf"}
	for want, c := range map[string]Changes{
		NothingToDo: {placed: []placement{{mountedFile: hba, verdict: plan.InPlace}}},
		"placed /c/postgresql.conf\nthe server has read its configuration\nmax_connections changes from 1 to 2 at the next start: docker compose restart slave\n": {
			placed: []placement{{mountedFile: conf, verdict: plan.Due, placed: true}}, done: []string{"the server has read its configuration"},
			waiting: []pg.Pending{{Name: "max_connections", Now: "1", Then: "2"}}},
		NothingToDo + "role boss was there before, and keeps its password, which is not the one of the environment. To give it that one: docker compose exec master psql -U postgres -c '\\password boss'\n": {
			kept: []string{"boss"}},
		NothingToDo + "pg_hba.conf was edited in the data directory, and is kept so. To put the mounted one there: docker compose exec slave pgreplica apply --replace\n": {
			placed: []placement{{mountedFile: hba, verdict: plan.Edited}}},
	} {
		c.service = "slave"
		if got := c.Text(); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}

func TestApplyNeedsAServer(t *testing.T) {
	n := &node.Node{Mode: pg.Standby}
	absent := &pgsql.Failure{Fault: pg.Fault{ID: "refused", Text: "no server listens"}, Class: pgsql.Transient}
	if err := notRunning(n, absent); pg.ExitStatus(err) != 1 || pg.Hint(err) != "A start does what apply does: docker compose up -d slave" || err.Error() != absent.Text {
		t.Errorf("got %v: %s", err, pg.Hint(err))
	}
	starting := &pgsql.Failure{Fault: pg.Fault{ID: "starting", Text: "it starts"}, Class: pgsql.Transient}
	if err := notRunning(n, starting); err != starting {
		t.Errorf("got %v", err)
	}
}
