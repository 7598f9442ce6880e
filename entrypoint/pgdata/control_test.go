package pgdata

import (
	"pgreplica/integration/realpg"

	"maps"
	"strconv"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestTheControlFileTellsWhatPgControldataTells(t *testing.T) {
	c := realpg.New(t)
	out, err := c.Command("pg_controldata", "-D", c.Dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	told := pg.Limits{}
	labels := map[string]string{"max_connections setting": "max_connections", "max_worker_processes setting": "max_worker_processes",
		"max_wal_senders setting": "max_wal_senders", "max_prepared_xacts setting": "max_prepared_transactions", "max_locks_per_xact setting": "max_locks_per_transaction"}
	for line := range strings.Lines(string(out)) {
		label, value, _ := strings.Cut(line, ":")
		if name := labels[label]; name != "" {
			told[name], _ = strconv.Atoi(strings.TrimSpace(value))
		}
	}
	got, err := RequiredLimits(c.Dir)
	if err != nil || !maps.Equal(got, told) {
		t.Errorf("got %v (%v), pg_controldata says %v", got, err, told)
	}
}
