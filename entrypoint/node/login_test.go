package node

import (
	"testing"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

func TestAStandbyKnowsItsSuperuserFromItsData(t *testing.T) {
	for _, c := range []struct {
		mode              pg.Mode
		told, noted, want string
	}{
		{pg.Primary, "postgres", "", "postgres"},
		{pg.Primary, "admin", "", "admin"},
		{pg.Standby, "postgres", "", "postgres"},
		{pg.Standby, "postgres", "admin", "admin"},
		{pg.Standby, "another", "admin", "admin"},
		{pg.Primary, "postgres", "admin", "admin"}, // it was promoted
		{pg.Primary, "another", "admin", "another"},
	} {
		n := &Node{Mode: c.mode, Config: config.Config{PostgresUser: c.told}, Record: &pgdata.Record{State: pgdata.State{Superuser: c.noted}}}
		if got := Superuser(n); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}
