package pg

import (
	"strings"
	"testing"
)

func TestADamagedFileIsTracedToItsTable(t *testing.T) {
	for file, want := range map[string]string{
		"base/13/1249":                    `WHERE oid = 13")" -c "SELECT current_database(), pg_filenode_relation(1663, 1249)"`,
		"base/16384/16390.2":              `WHERE oid = 16384")" -c "SELECT current_database(), pg_filenode_relation(1663, 16390)"`,
		"base/16384/16390_fsm":            "pg_filenode_relation(1663, 16390)",
		"global/1260":                     `psql -U postgres -c 'SELECT current_database(), pg_filenode_relation(1664, 1260)'`,
		"pg_tblspc/7/PG_13_2020/16384/55": `WHERE oid = 16384")" -c "SELECT current_database(), pg_filenode_relation(7, 55)"`,
		"/ts/PG_13_202007201/16384/16390": "pg_dumpall",
		"":                                "pg_dumpall",
	} {
		if got := DamageFix(file); !strings.Contains(got, want) || !strings.Contains(got, "docker compose exec master ") {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}
