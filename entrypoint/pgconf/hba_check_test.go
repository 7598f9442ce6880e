package pgconf

import (
	"pgreplica/integration/realpg"

	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

// A sampleLine is a line of testdata/hba.txt.
type sampleLine struct {
	line     string
	from, to int // the major versions that accept it
}

func (j sampleLine) good(major int) bool { return major >= j.from && major <= j.to }

func sampleLines(t *testing.T) (lines []sampleLine) {
	t.Helper()
	text, err := os.ReadFile("testdata/hba.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		who, what, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !found {
			continue
		}
		sample := sampleLine{what, 0, 99}
		switch from, to, ranged := strings.Cut(who, "-"); {
		case who == "none":
			sample.to = 0
		case ranged && from != "":
			sample.from, _ = strconv.Atoi(from)
		case ranged:
			sample.to, _ = strconv.Atoi(to)
		}
		lines = append(lines, sample)
	}
	return lines
}

func TestALineOfPgHbaIsCheckedAsPostgreSQLDoes(t *testing.T) {
	lines := sampleLines(t)
	if len(lines) < 80 {
		t.Fatalf("%d lines", len(lines))
	}
	for major := pg.OldestMajor; major <= pg.NewestMajor; major++ {
		for _, sample := range lines {
			found := CheckHBA("local all all trust\n"+sample.line+"\n", major, t.TempDir())
			if good := len(found) == 0; good != sample.good(major) {
				t.Errorf("%d: %s: %v", major, sample.line, found)
			}
		}
	}
}

// TestTheListOfHBALinesIsPostgreSQLs asks the PostgreSQL that is installed.
func TestTheListOfHBALinesIsPostgreSQLs(t *testing.T) {
	c := realpg.New(t)
	major, _ := strconv.Atoi(strings.TrimSpace(c.Read("PG_VERSION")))
	var file strings.Builder
	lines := sampleLines(t)
	for _, sample := range lines {
		file.WriteString(sample.line + "\n\n") // a \ at its end takes the empty line
	}
	c.Write("pg_hba.conf", file.String())
	bad := strings.Split(c.Single("select coalesce(string_agg(line_number::text, ','), '') from pg_hba_file_rules where type is null"), ",")
	for i, sample := range lines {
		if good := !slices.Contains(bad, fmt.Sprint(2*i+1)); good != sample.good(major) {
			t.Errorf("PostgreSQL %d accepts %s: %v", major, sample.line, good)
		}
	}
}

func TestEveryBrokenLineOfPgHbaIsReportedAtOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/more.conf", []byte("\nhost all all all nowhere\ninclude more.conf\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "# comment \\\n of two lines\nhost all all 10.0.0.1 md5\r\nlocal all \\\n  all \\\nnowhere\n" +
		"host all all all ldap ldapbindpasswd=canary canary\nhost all all all md5 ldapbindpasswd=canary\nhost \"all all all md5\ninclude more.conf\n"
	var got []string
	for _, e := range CheckHBA(text, 17, dir) {
		got = append(got, e.Error())
	}
	report := strings.Join(got, "\n")
	for _, want := range []string{
		`line 3: an address needs a size, such as 10.0.0.1/32, or a mask behind it near "10.0.0.1"`,
		`line 4: there is no such authentication method near "nowhere"`,
		"line 7: behind the method, ldap, stands something that is not NAME=VALUE",
		`line 8: this option is not one of md5 near "ldapbindpasswd"`,
		"line 9: it ends before the role (a quote does not end)",
		dir + `/more.conf line 2: there is no such authentication method near "nowhere"`,
		`line 3: files include one another too deeply near "more.conf"`,
	} {
		if !strings.Contains(report, want) {
			t.Errorf("not reported: %s", want)
		}
	}
	if strings.Contains(report, "canary") || t.Failed() {
		t.Errorf("got\n%s", report)
	}
}

func TestHostNamesToLookUpAreNoAddresses(t *testing.T) {
	hosts := HBAHosts("local all all md5\nhost all all 10.0.0.1/8 md5\nhost all all samenet md5\nhost all all .example.com md5\n" +
		"host all all IP_HERE md5\nhost all all db1 md5\nhost all all 10.1 255.0.0.0 md5\n")
	if want := (HBAHost{6, "db1"}); len(hosts) != 1 || hosts[0] != want {
		t.Errorf("got %v, want %v", hosts, want)
	}
}
