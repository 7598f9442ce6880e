package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/integration/golden"
)

// primary and standby are the least that each side needs.
var (
	primary = []string{"REPLICATION_MODE=primary", "POSTGRES_PASSWORD=one", "REPLICATION_PASSWORD=two"}
	standby = []string{"REPLICATION_MODE=standby", "MASTER_SERVER=db1", "REPLICATION_PASSWORD=two"}
)

func with(environ []string, more ...string) []string { return append(more, environ...) }

func load(t *testing.T, environ []string) Config {
	t.Helper()
	c, _, err := Load(environ)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// mistakesOf returns the mistakes by variable.
func mistakesOf(t *testing.T, environ []string) map[string]Mistake {
	t.Helper()
	_, _, err := Load(environ)
	out := map[string]Mistake{}
	if invalid, ok := errors.AsType[*Invalid](err); ok {
		for _, m := range invalid.Mistakes {
			out[m.Variable] = m
		}
	}
	return out
}

func TestDefaultsAreThoseOfTheManual(t *testing.T) {
	c := load(t, standby)
	want := Config{
		Mode: pg.Standby, PostgresUser: "postgres", PostgresDB: "postgres", PGData: "/var/lib/postgresql/data/pgdata",
		AppUser: "adempiere", ReplicationUser: "postgres_replicator", ReplicationPassword: c.ReplicationPassword,
		MasterServer: "db1", MasterPort: 5432, MasterSSLMode: "prefer", ExistingData: "backup", AutoRejoin: "off",
		CloneVerify: true, CloneCheckpoint: "fast", HealthcheckRequireStreaming: true, LockWait: Duration(time.Minute), ConfigDir: "/tmp/postgresql",
		LogFormat: "text", LogLevel: "info",
	}
	if c.ReplicationAllow != nil || c.Peers != nil {
		t.Errorf("lists that are unset: got %v and %v, want nil", c.ReplicationAllow, c.Peers)
	}
	if got, want := describe(c), describe(want); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEmptyMeansUnset(t *testing.T) {
	environ := with(standby)
	for _, s := range Settings() {
		for _, name := range s.names() {
			environ = append(environ, name+"=", name+"_FILE=")
		}
	}
	if got, want := describe(load(t, environ)), describe(load(t, standby)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if found := mistakesOf(t, []string{"REPLICATION_MODE=standby", "MASTER_SERVER=", "REPLICATION_PASSWORD="}); len(found) != 2 {
		t.Errorf("empty required variables: got %v, want both", found)
	}
}

func TestOneVariableFillsAnother(t *testing.T) {
	for name, test := range map[string]struct {
		environ []string
		got     func(Config) string
		want    string
	}{
		"the database is named for its user":      {with(primary, "POSTGRES_USER=erp"), func(c Config) string { return c.PostgresDB }, "erp"},
		"the application has the password":        {primary, func(c Config) string { return c.AppPassword.Reveal() }, "one"},
		"none is no role":                         {with(primary, "APP_USER=none"), func(c Config) string { return c.AppUser }, ""},
		"a superuser adempiere is not made twice": {with(primary, "POSTGRES_USER=adempiere"), func(c Config) string { return c.AppUser }, ""},
		"MASTER_USER is REPLICATION_USER":         {with(standby, "MASTER_USER=copy"), func(c Config) string { return c.ReplicationUser }, "copy"},
		"warning is warn":                         {with(primary, "LOG_LEVEL=WARNING"), func(c Config) string { return c.LogLevel }, "warn"},
		"blanks around a value are no part of it": {with(standby, "MASTER_PORT= 5433\r"), Config.DecidedUnder, "standby of db1:5433"},
		"lists split at commas and blanks": {with(primary, "REPLICATION_ALLOW=10.0.0.12/24, 10.1.2.3 ::1\n SameNet,db2.example.com 2001:db8::1/64,::ffff:10.0.0.1 .example.com"),
			func(c Config) string { return strings.Join(c.ReplicationAllow, " ") }, "10.0.0.0/24 10.1.2.3/32 ::1/128 samenet db2.example.com 2001:db8::/64 10.0.0.1/32 .example.com"},
	} {
		if got := test.got(load(t, test.environ)); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestEveryMistakeIsReportedAtOnce(t *testing.T) {
	_, _, err := Load([]string{
		"REPLICATION_MODE=replica", "POSTGRES_USER=pg_me", "POSTGRES_PASSWORD=<password>", "APP_PASSWORD=changeme",
		"REPLICATION_USER=copy", "MASTER_USER=other", "REPLICATION_PASSWORD_FILE=/nowhere", "REPLICATION_ALLOW=10.0.0.300,db2",
		"PGDATA=data", "PG_MAJOR=13", "MASTER_SERVER=IP_HERE", "MASTER_PORT=05432", "MASTER_SLOT=erp-slave", "MASTER_SSLMODE=full",
		"MASTER_WAIT_TIMEOUT=soon", "EXISTING_DATA=delete", "AUTO_REJOIN=on", "PEERS=db2:0", "SYSTEM_ID=mine", "REQUIRE_VOLUME=maybe",
		"CLONE_MAX_RATE=fast", "CLONE_VERIFY=2", "CLONE_COMPRESS=server-lz4", "LOCK_WAIT=-1", `CONFIG_DIR="/tmp"`, "LOG_LEVEL=trace",
	})
	invalid, ok := errors.AsType[*Invalid](err)
	if !ok {
		t.Fatalf("got %v, want an Invalid", err)
	}
	if invalid.ExitStatus() != 78 || invalid.Hint() == "" {
		t.Errorf("got exit status %d and hint %q, want 78 and a hint", invalid.ExitStatus(), invalid.Hint())
	}
	golden.Compare(t, "testdata/mistakes.txt", strings.ReplaceAll(err.Error(), fmt.Sprintf("uid %d", os.Geteuid()), "uid N")+"\n")
}

func TestEachPlaceholderIsAMistakeByName(t *testing.T) {
	for _, placeholder := range []string{"IP_HERE", "PORT_HERE", "IP_DEL_MASTER", "PUERTO_DEL_MASTER", "PUERTO_HERE", "IP_SERVER_SLAVE", "<address>"} {
		for _, s := range Settings() {
			if found := mistakesOf(t, with(standby, s.Name+"="+placeholder)); !strings.Contains(found[s.Name].What, "placeholder") {
				t.Errorf("%s=%s: got %v, want a mistake", s.Name, placeholder, found)
			}
		}
	}
	for _, password := range []string{"changeme", "CHANGE_ME", "change-me"} {
		if found := mistakesOf(t, with(standby, "POSTGRES_PASSWORD="+password)); len(found) != 1 {
			t.Errorf("POSTGRES_PASSWORD=%s: got %v, want a mistake", password, found)
		}
	}
}

func TestTheEnvironmentStaysAsItWas(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("canary\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	t.Setenv("MASTER_SERVER", "elsewhere")
	t.Setenv("LOG_LEVEL", "")
	before := os.Environ()
	c := load(t, with(standby, "POSTGRES_PASSWORD_FILE="+file))
	after := os.Environ()
	slices.Sort(before)
	slices.Sort(after)
	if !slices.Equal(before, after) {
		t.Errorf("got %v, want %v", after, before)
	}
	if c.MasterServer != "db1" || c.PostgresPassword.Reveal() != "canary" {
		t.Errorf("got %q and %q, want what Load was given", c.MasterServer, c.PostgresPassword.Reveal())
	}
}

func TestANewClusterNeedsAPasswordOrTrust(t *testing.T) {
	for _, test := range []struct {
		more string
		want bool
	}{{"POSTGRES_PASSWORD=one", true}, {"POSTGRES_HOST_AUTH_METHOD=trust", true}, {"POSTGRES_HOST_AUTH_METHOD=md5", false}, {"POSTGRES_PASSWORD=", false}} {
		err := load(t, []string{"REPLICATION_MODE=primary", test.more}).CheckNewCluster()
		if (err == nil) != test.want {
			t.Errorf("%s: got %v, want allowed %v", test.more, err, test.want)
		}
	}
}

func TestARoleIsDecidedUnderModeAndUpstream(t *testing.T) {
	for want, environ := range map[string][]string{
		"standby of db1:5433":              with(standby, "MASTER_PORT=5433"),
		"standby of [fd00::1]:5432":        with(standby, "MASTER_SERVER=fd00::1"),
		"primary":                          primary,
		"primary (MASTER_SERVER db1:5432)": with(primary, "MASTER_SERVER=db1"),
	} {
		if got := load(t, environ).DecidedUnder(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// describe prints a configuration whole, with its secrets.
func describe(c Config) string {
	secrets := c.PostgresPassword.Reveal() + " " + c.AppPassword.Reveal() + " " + c.ReplicationPassword.Reveal()
	return strings.TrimSpace(secrets) + " " + sprint(c)
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		_, _, _ = Load(standby)
	}
}
