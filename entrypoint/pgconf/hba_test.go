package pgconf

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestOurBlockNamesOnlyOurLogins(t *testing.T) {
	const begin, end = "# >>> pgreplica: only its own logins. Yours are below.\n", "# <<< pgreplica\n"
	for name, test := range map[string]struct {
		got, want string
	}{
		"a primary": {
			ManagedHBA("postgres", true, "postgres_replicator", []string{"samenet", "all", "db.example.com", ".example.com",
				"10.0.0.0/24", "2001:db8::1/128"}),
			begin + "local all postgres peer map=pgreplica\n" +
				"host replication postgres_replicator samenet scram-sha-256\n" +
				"host replication postgres_replicator all scram-sha-256\n" +
				"host replication postgres_replicator db.example.com scram-sha-256\n" +
				"host replication postgres_replicator .example.com scram-sha-256\n" +
				"host replication postgres_replicator 10.0.0.0/24 scram-sha-256\n" +
				"host replication postgres_replicator 2001:db8::1/128 scram-sha-256\n" + end},
		"none allowed":        {ManagedHBA("a", true, "r", []string{"none"}), begin + "local all a peer map=pgreplica\n" + end},
		"nothing allowed":     {ManagedHBA("a", true, "r", nil), begin + "local all a peer map=pgreplica\n" + end},
		"no replication role": {ManagedHBA("a", true, "", []string{"all"}), begin + "local all a peer map=pgreplica\n" + end},
		"a uid without a name": {ManagedHBA("a", false, "r", []string{"all"}),
			begin + "host replication r all scram-sha-256\n" + end},
		"neither": {ManagedHBA("a", false, "", nil), ""},
		"names that need quotes": {ManagedHBA("all", true, `a "b",#c`, []string{"all"}),
			begin + "local all \"all\" peer map=pgreplica\nhost replication \"a \"\"b\"\",#c\" all scram-sha-256\n" + end},
		"a name that cannot be written": {ManagedHBA("a\nhost all all all trust", true, "r", []string{"all", "a\nb"}),
			begin + "host replication r all scram-sha-256\n" + end},
		"the map of another user's server": {ManagedIdent("a", "www-data"),
			"# >>> pgreplica: who its commands log in as.\npgreplica root a\npgreplica postgres a\npgreplica www-data a\n" + end},
		"the map": {ManagedIdent("+admin", "postgres"),
			"# >>> pgreplica: who its commands log in as.\npgreplica root \"+admin\"\npgreplica postgres \"+admin\"\n" + end},
	} {
		if test.got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, test.got, test.want)
		}
	}
}

func TestOnlyALineForOtherHostsDecidesWhoReplicates(t *testing.T) {
	for line, want := range map[string]bool{
		"host replication postgres_replicator 10.0.0.2/32 scram-sha-256": true,
		"\thostssl\treplication all all cert\r":                          true,
		"hostnogssenc all,replication all 10.0.0.2 255.255.255.255 md5":  true,
		"host all, replication all standby.example.com md5":              true,
		"host replication all all reject":                                true,
		`host "replication" all all md5`:                                 false,
		"host all all all scram-sha-256":                                 false,
		"#host replication all all md5":                                  false,
		"local replication all trust":                                    false,
		"host replication all 127.0.0.1/32 trust":                        false,
		"host replication all 127.0.0.1 255.255.255.255 trust":           false,
		"host replication all ::1/128 trust":                             false,
		`host replication all "127.0.0.1/32" trust`:                      false,
		"host replication all # all md5":                                 false,
		"host replication all localhost trust":                           false,
		"host replication all samehost trust":                            false,
		"host replication all":                                           false,
		"host all all all md5 # replication":                             false,
		"host replication postgres_replicator IP_SERVER_SLAVE md5":       false,
		`host replication postgres_replicator "${STANDBY}" md5`:          false,
		"host replication_of_mine all all md5":                           false,
	} {
		if got := HasReplicationLine("# a comment\n" + line + "\n"); got != want {
			t.Errorf("%s: got %v, want %v", line, got, want)
		}
	}
}

func TestAnAddressNeverFilledInIsNamedWithItsLine(t *testing.T) {
	hba := "# IP_SERVER_SLAVE\n\n" +
		"host all all all md5\n" +
		"host replication postgres_replicator IP_SERVER_SLAVE md5\n" +
		"#host replication postgres_replicator IP_HERE md5\n" +
		"host all all DB1 md5\n" +
		"host MY_DB MY_USER db.example.com md5\n" +
		"hostssl all all <address>/32 md5"
	want := []string{"line 4: IP_SERVER_SLAVE is not an address", "line 8: <address>/32 is not an address"}
	if got := HBAPlaceholders(hba); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzHBA(f *testing.F) {
	f.Add("local all all trust\nhost replication all all md5\n", "postgres", "10.0.0.0/24")
	f.Add(blockBegin+"\nx\n"+blockBegin+"\ny\n"+blockEnd+"\nz\n"+blockEnd, `a"b`, "::1/128")
	f.Add("host a,\"b c\",,d , \"e\n\xff\\\n", "+x,@y #", ".")
	f.Fuzz(func(t *testing.T, users, role, from string) {
		if strings.ContainsAny(from, " \t\r\n#\"'\\,\x00") { // config lets none of them in
			t.Skip()
		}
		block := ManagedHBA(role, true, role, []string{from})
		out := InstalledHBA(block, users)
		if again := InstalledHBA(block, out); again != out {
			t.Errorf("a second time gave %q, want %q", again, out)
		}
		if !strings.Contains(users, blockBegin) && !strings.Contains(users, blockEnd) && out != block+users {
			t.Errorf("got %q, want the user's file after %q", out, block)
		}
		HasReplicationLine(users)
		HBAPlaceholders(users)
		for _, line := range strings.Split(strings.TrimSuffix(block, "\n"), "\n") {
			if fields := hbaFields(line); len(fields) != 0 && len(fields) != 5 {
				t.Errorf("%q has %d fields, want 5", line, len(fields))
			}
		}
	})
}

// Roles of old have md5 stored, and md5 in pg_hba.conf takes SCRAM as well.
func TestTheShippedFilesTakeEachStoredPassword(t *testing.T) {
	for _, side := range []string{"master", "slave"} {
		text, err := os.ReadFile("../../compose/" + side + "/postgresql/pg_hba.conf")
		if err != nil {
			t.Fatal(err)
		}
		remote := 0
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) == 5 && fields[0] == "host" && !isLoopback(fields[3]) {
				if remote++; fields[1] != "all" || fields[2] != "all" || fields[4] != "md5" {
					t.Errorf("%s: %s", side, line)
				}
			}
		}
		if remote != 1 {
			t.Errorf("%s: %d lines let clients in", side, remote)
		}
	}
}
