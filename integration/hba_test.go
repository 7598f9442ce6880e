//go:build integration

package integration

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// judgeHBA makes a cluster and prints which lines of the file that is mounted
// PostgreSQL rejects. Each line stands before an empty one, which a \ takes.
const judgeHBA = `initdb -D /tmp/c -A trust >/dev/null && sed -n "s/^[^#\t]*\t//p" /tmp/hba.txt | sed G > /tmp/c/pg_hba.conf &&
	echo "SELECT string_agg(line_number::text, ' ') FROM pg_hba_file_rules WHERE type IS NULL" |
	postgres --single -D /tmp/c postgres | sed -n 's/.* = "\(.*\)"\t.*/\1/p'`

// TestTheListOfHBALinesIsThatOfTheImage asks the PostgreSQL of the image about
// the list that our own check of pg_hba.conf is held to.
func TestTheListOfHBALinesIsThatOfTheImage(t *testing.T) {
	t.Parallel()
	const list = "../entrypoint/pgconf/testdata/hba.txt"
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	at, _ := os.Getwd()
	said, status := Run(t, "--user", "postgres", "--volume", at+"/"+list+":/tmp/hba.txt:ro", "--entrypoint", "bash", image("master"), "-c", judgeHBA)
	if status != 0 {
		t.Fatalf("exit %d\n%s", status, said)
	}
	bad := strings.Fields(said[strings.LastIndex(said, "\n")+1:])
	version, _ := strconv.Atoi(major)
	number := -1
	for line := range strings.Lines(string(text)) {
		who, line, judged := strings.Cut(line, "\t")
		if !judged || strings.HasPrefix(who, "#") {
			continue
		}
		number += 2
		if good := !slices.Contains(bad, fmt.Sprint(number)); good != accepts(who, version) {
			t.Errorf("PostgreSQL %d accepts %v: %s", version, good, line)
		}
	}
}

// accepts reads who accepts a line: all, none, 16- or -15.
func accepts(who string, version int) bool {
	from, to, ranged := strings.Cut(who, "-")
	least, _ := strconv.Atoi(from)
	most, _ := strconv.Atoi(to)
	return who == "all" || ranged && version >= least && (to == "" || version <= most)
}
