package pg

import (
	"cmp"
	"fmt"
	"regexp"
	"sync"
)

// relationFile finds tablespace, database and number in the path of a table's file
// in the data directory.
var relationFile = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(global)/|base/(\d+)/|pg_tblspc/(\d+)/PG_\d+_\d+/(\d+)/)(\d+)(?:_[a-z]+)?(?:\.\d+)?$`)
})

// DamageFix is what to do on a primary whose file holds a page that fails its
// checksum. The path is one in its data directory.
func DamageFix(file string) string {
	const repair = "An index is made anew with REINDEX, a table is restored from a backup"
	found := relationFile().FindStringSubmatch(file)
	if found == nil {
		return "The first damaged table is named by: " + Master.Exec("pg_dumpall -U postgres -f /dev/null") + ". " + repair
	}
	const pgDefault, pgGlobal = "1663", "1664" // the tablespaces of every cluster
	relation := "SELECT current_database(), pg_filenode_relation(%s, " + found[5] + ")"
	if found[1] != "" {
		return "Which table or index it is: " + Master.Psql(fmt.Sprintf(relation, pgGlobal)) + ". " + repair
	}
	query := fmt.Sprintf(`psql -U postgres -d "$(psql -U postgres -Atc "SELECT datname FROM pg_database WHERE oid = %s")" -c "`+relation+`"`, found[2]+found[4], cmp.Or(found[3], pgDefault))
	return "Which table or index it is: " + Master.Exec("sh -c "+ShellWord(query)) + ". " + repair
}
