package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgreplica/integration/golden"
)

func TestDurationsReadAsInPostgreSQL(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "30": 30 * time.Second, "1.5": 1500 * time.Millisecond, "250ms": 250 * time.Millisecond, "30s": 30 * time.Second,
		"5min": 5 * time.Minute, "5 min": 5 * time.Minute, "2h": 2 * time.Hour, "1d": 24 * time.Hour, "1m30s": 90 * time.Second,
	} {
		var d Duration
		if err := d.Decode(text); err != nil || time.Duration(d) != want {
			t.Errorf("%q: got %v and %v, want %v", text, d, err, want)
		}
	}
	for _, text := range []string{"", "-1", "-1s", "soon", "5 parsecs", "NaN", "inf", "infd", "1e300", "200000d", "d", "min"} {
		var d Duration
		if err := d.Decode(text); err == nil {
			t.Errorf("%q: got %v, want a mistake", text, d)
		}
	}
}

func TestADelayIsNoLongerThanPostgreSQLCanWait(t *testing.T) {
	for text, good := range map[string]bool{"1h": true, "24d": true, "25d": false, "-1h": false, "late": false} {
		if found := mistakesOf(t, with(standby, "APPLY_DELAY="+text)); (len(found) == 0) != good {
			t.Errorf("%s: got %v, want allowed %v", text, found, good)
		}
	}
}

func TestSizesReadAsInPostgreSQL(t *testing.T) {
	for text, want := range map[string]Size{"64MB": 64 << 20, "1 GB": 1 << 30, "1.5kB": 1536, "10": 10, "7B": 7, "2TB": 2 << 40, "off": 0, "none": 0, "0": 0} {
		if c := load(t, with(standby, "HEALTHCHECK_MAX_LAG="+text)); c.HealthcheckMaxLag != want {
			t.Errorf("%s: got %d, want %d", text, c.HealthcheckMaxLag, want)
		}
	}
	for _, text := range []string{"64 mb", "many", "-1MB", "1MBMB", "MB", "1e300TB", "5min"} {
		if mistake := mistakesOf(t, with(standby, "HEALTHCHECK_MAX_LAG="+text))["HEALTHCHECK_MAX_LAG"]; !strings.Contains(mistake.What+mistake.Remedy, "kB, MB") {
			t.Errorf("%s: got %+v", text, mistake)
		}
	}
}

func TestSwitchesReadAsInPostgreSQL(t *testing.T) {
	for text, want := range map[string]Bool{"on": true, "YES": true, "true": true, "1": true, "off": false, "no": false, "False": false, "0": false} {
		b := !want
		if err := b.Decode(text); err != nil || b != want {
			t.Errorf("%q: got %v and %v, want %v", text, b, err, want)
		}
	}
}

// TestWhatPostgreSQLWouldRefuseIsRefused holds each value to what becomes of it.
func TestWhatPostgreSQLWouldRefuseIsRefused(t *testing.T) {
	long := strings.Repeat("x", 64)
	for variable, values := range map[string]struct{ good, bad []string }{
		"MASTER_SERVER": {[]string{"db1", "db_1.example.com.", "10.0.0.12", "fd00::1", "1and1.example"},
			[]string{"10.0.0", "10.0.0.300", "db1:5433", "[::1]", "a b", "a,b", "postgres://u:p@h/d", "u@h", "/run", "a..b", long, "db\x07"}},
		"MASTER_PORT":          {[]string{"1", "65535"}, []string{"0", "65536", "05432", "0x10", "1_0", "+1", "x", "tcp://10.0.0.1:5432"}},
		"MASTER_SLOT":          {[]string{"replication_slot_1"}, []string{"a-b", "A", long}},
		"MASTER_SSLROOTCERT":   {[]string{"/ca.pem", "system"}, []string{"ca.pem", "/"}},
		"REPLICATION_ALLOW":    {[]string{"all", "none", "samenet", "10.0.0.12/24", "::1", "fd00::/8", ".example.com", "db2"}, []string{"10.0.0.1/33", "10.0.0", "none,all", "a/b", "10.0.0.1;trust", "fe80::1%eth0", "#"}},
		"REPLICATION_USER":     {[]string{"copy", "with space", "ñandú", `"q"x`}, []string{"pg_copy", "public", "none", long, "postgres", "adempiere", "a\tb", "\xff"}},
		"APP_USER":             {[]string{"erp"}, []string{"postgres", "pg_erp"}},
		"POSTGRES_DB":          {[]string{"erp"}, []string{long}},
		"POSTGRES_INITDB_ARGS": {[]string{"--locale=C\n --data-checksums"}, []string{"--locale=\x00"}},
		"PEERS":                {[]string{"db2", "db2:5433", "[::1]:5433,db3", "fd00::1", "none"}, []string{"db2:x", "db2:", "u:p@h", "10.0.0"}},
		"SYSTEM_ID":            {[]string{"7711000000000000000"}, []string{"0", "x"}},
		"PG_MAJOR":             {[]string{"13"}, []string{"x", "0", "013"}},
		"CLONE_MAX_RATE":       {[]string{"off", "32M", "32", "1024M", "2.5M", "100k"}, []string{"31", "1025M", "32MB", "M", "NaN", "1G"}},
		"CLONE_COMPRESS":       {[]string{"off", "none", "server-lz4", "server-zstd:level=3,workers=2"}, []string{"lz4", "9", "client-gzip", "server-lz4: 1"}},
		"LOG_FORMAT":           {[]string{"json", "TEXT"}, []string{"xml"}},
		"REPLICATION_PASSWORD": {[]string{"it's $a \\ : %", "-", "a<b>"}, []string{"a\nb", "a\r", "a\x00", "<yours>"}},
	} {
		for _, value := range values.good {
			if found := mistakesOf(t, with(standby[:2], "REPLICATION_PASSWORD=two", variable+"="+value)); len(found) > 0 && variable != "REPLICATION_PASSWORD" {
				t.Errorf("%s=%q: got %v, want it accepted", variable, value, found)
			}
		}
		for _, value := range values.bad {
			if found := mistakesOf(t, with(standby, variable+"="+value)); found[variable].Remedy == "" || len(found) != 1 {
				t.Errorf("%s=%q: got %v, want one mistake", variable, value, found)
			}
		}
	}
}

// TestANameThatDockerGivesNobodyIsWarnedAbout tells a service's name in
// REPLICATION_ALLOW from what PostgreSQL can find there.
func TestANameThatDockerGivesNobodyIsWarnedAbout(t *testing.T) {
	for from, warned := range map[string]bool{"slave": true, "10.0.0.12,slave2": true, "all": false, "ALL": false, "samenet": false, "none": false, "10.0.0.0/24": false,
		"fd00::1": false, ".pgreplica_default": false, "db2.example.com": false, "pgreplica-slave-1.pgreplica_default": false} {
		_, warnings, err := Load(with(standby, "REPLICATION_ALLOW="+from))
		if err != nil || len(warnings) > 0 != warned {
			t.Errorf("%s: %v, %v", from, warnings, err)
		}
	}
}

func TestWhatNobodyReadsIsWarnedAbout(t *testing.T) {
	_, warnings, err := Load(with(standby, "MASTER_SEVER=canary", "REPLICATION_PASS=canary", "POSTGRES_MULTIPLE_EXTENSIONS=1",
		"MASTER_SLOT_FILE=/x", "PGREPLICA_TAG=13", "MASTER_USER=copy", "MASTER_PORT_5432_TCP_ADDR=10.0.0.1", "POSTGRES_SERVICE_HOST=10.0.0.2",
		"CLONE_MAXRATE=", "PG_VERSION=13.23", "POSTGRESQL_USERNAME=postgres", "APPLY_DELEY=1h", "AUTO_REJION=on", "apply_delay=1h", "SYSTEMID=1",
		"PG_DATA=/x", "PGHOST=db1", "PGPORT=5432", "PGUSER=me", "LOG_FILE=x", "APP_ENV=prod", "APP_NAME=erp", "DB_USER=x", "HOME=/root", "LANG=C", "TERM=x", "LOG=1"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"MASTER_SEVER": "Did you mean MASTER_SERVER?", "REPLICATION_PASS": "Did you mean REPLICATION_PASSWORD?",
		"POSTGRES_MULTIPLE_EXTENSIONS": "Remove it", "MASTER_SLOT_FILE": "Did you mean MASTER_SLOT?",
		"APPLY_DELEY": "Did you mean APPLY_DELAY?", "AUTO_REJION": "Did you mean AUTO_REJOIN?", "apply_delay": "Did you mean APPLY_DELAY?",
		"SYSTEMID": "Did you mean SYSTEM_ID?",
	}
	for _, w := range warnings {
		if remedy, known := want[w.Variable]; !known || !strings.HasPrefix(w.Remedy, remedy) {
			t.Errorf("got %v, want %q", w, remedy)
		}
		if strings.Contains(w.String(), "canary") {
			t.Errorf("%s prints the value", w.Variable)
		}
		delete(want, w.Variable)
	}
	if len(want) > 0 {
		t.Errorf("no warning about %v", want)
	}
}

func TestWeakButWorkingIsWarnedAbout(t *testing.T) {
	for variable, environ := range map[string][]string{
		"REPLICATION_PASSWORD":      {"REPLICATION_MODE=primary", "POSTGRES_PASSWORD=same", "REPLICATION_PASSWORD=same"},
		"POSTGRES_PASSWORD":         with(primary[2:], "REPLICATION_MODE=primary", "POSTGRES_PASSWORD=adempiere@123"),
		"POSTGRES_HOST_AUTH_METHOD": with(primary, "POSTGRES_HOST_AUTH_METHOD=trust"),
	} {
		_, warnings, err := Load(environ)
		if err != nil || len(warnings) != 1 || warnings[0].Variable != variable {
			t.Errorf("got %v and %v, want one about %s", warnings, err, variable)
		}
	}
	if _, warnings, _ := Load(primary[:2]); len(warnings) != 1 || !strings.Contains(warnings[0].What, "follow") {
		t.Errorf("a primary that nobody can follow: got %v", warnings)
	}
}

func TestTheManualFitsAScreen(t *testing.T) {
	var out bytes.Buffer
	if err := WriteManual(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	golden.Compare(t, "testdata/settings.txt", out.String())
	for _, s := range Settings() {
		if s.Name == "" || s.Meaning == "" || s.Default == "" || s.Mode == "" || s.Read != "first" && s.Read != "start" {
			t.Errorf("the manual of %q is not whole: %+v", s.Name, s)
		}
	}
}

func TestRandomPasswordsAreAccepted(t *testing.T) {
	var out bytes.Buffer
	if err := WriteRandomEnv(&out); err != nil {
		t.Fatal(err)
	}
	environ, seen := []string{"REPLICATION_MODE=primary"}, map[string]bool{}
	for line := range strings.Lines(out.String()) {
		if name, password, found := strings.Cut(strings.Trim(line, "#\n"), "="); found {
			environ = append(environ, name+"="+password)
			if len(password) != 32 || seen[password] || strings.Trim(password, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
				t.Errorf("%s: %q is not 32 characters of its own", name, password)
			}
			seen[password] = true
		}
	}
	if _, warnings, err := Load(environ); err != nil || len(warnings) > 0 || len(seen) != 3 {
		t.Errorf("got %v and %v of %d passwords, want none", err, warnings, len(seen))
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("standby", "db1", "5432", "slot_1", "samenet, 10.0.0.1/8", "it's", "60s", "32M")
	f.Add("primary", "IP_HERE", "PORT_HERE", "a-b", "<x>", "\r\n", "1d", "off")
	f.Add("", "postgres://u:p@h", "0x10", "", ",", "", "nan", "\"q\"")
	f.Fuzz(func(t *testing.T, mode, server, port, slot, allow, password, wait, rate string) {
		const canary = "cAnArY"
		c, warnings, err := Load([]string{"REPLICATION_MODE=" + mode, "MASTER_SERVER=" + server, "MASTER_PORT=" + port, "MASTER_SLOT=" + slot,
			"REPLICATION_ALLOW=" + allow, "REPLICATION_PASSWORD=" + canary + password, "LOCK_WAIT=" + wait, "CLONE_MAX_RATE=" + rate})
		text := sprint(c) + sprint(warnings) + sprint(err)
		if strings.Contains(text, canary) && !strings.Contains(mode+server+port+slot+allow+wait+rate, canary) {
			t.Errorf("the password leaked: %s", text)
		}
		if err != nil {
			return
		}
		if c.ReplicationPassword.Reveal() != canary+password || c.MasterPort == 0 || c.LockWait < 0 {
			t.Errorf("got %+v", c)
		}
		for _, word := range append(c.ReplicationAllow, c.MasterServer, c.MasterSlot) {
			if strings.ContainsAny(word, " \t\r\n#\"'\\,\x00") {
				t.Errorf("%q would break a line of a configuration file", word)
			}
		}
	})
}

// TestALongTextIsNotRepeated gives variables that a file may hold a text that may
// be a secret.
func TestALongTextIsNotRepeated(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("pg_canary"+strings.Repeat("canary", 20)), 0o400); err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{"POSTGRES_USER", "POSTGRES_DB"} {
		found := mistakesOf(t, with(primary, variable+"_FILE="+secret))
		if text := found[variable].String(); len(found) != 1 || strings.Contains(text, "canary") {
			t.Errorf("%s: got %v", variable, found)
		}
	}
}

func TestAPasswordThatNeverLogsInIsRefused(t *testing.T) {
	long, longest := strings.Repeat("x", 1025), strings.Repeat("x", 1024)
	for _, c := range []struct {
		more     string
		variable string
		refused  bool
	}{
		{"PG_MAJOR=13 POSTGRES_PASSWORD=" + long, "POSTGRES_PASSWORD", true},
		{"PG_MAJOR=13 APP_PASSWORD=" + long, "APP_PASSWORD", true},
		{"PG_MAJOR=13 REPLICATION_PASSWORD=" + long, "REPLICATION_PASSWORD", true},
		{"PG_MAJOR=13 REPLICATION_PASSWORD=" + longest, "REPLICATION_PASSWORD", false},
		{"PG_MAJOR=14 REPLICATION_PASSWORD=" + long, "REPLICATION_PASSWORD", false},
		{"REPLICATION_PASSWORD=" + long, "REPLICATION_PASSWORD", false},
	} {
		for mode, base := range map[string][]string{"primary": primary, "standby": standby} {
			if mode == "standby" && c.variable != "REPLICATION_PASSWORD" {
				continue // it does not use them
			}
			found := mistakesOf(t, with(base, strings.Fields(c.more)...))
			if (found[c.variable].Remedy != "") != c.refused || strings.Contains(found[c.variable].String(), "xxx") {
				t.Errorf("%s, %.60s: got %v", mode, c.more, found)
			}
		}
	}
}

// TestAVerifierIsTakenWhereNobodyLogsInWithIt gives what PostgreSQL stores of a
// password in its place.
func TestAVerifierIsTakenWhereNobodyLogsInWithIt(t *testing.T) {
	const key = "Z2FKLYzbvxPBvxW2xFZZpRdGb0kbTPZ9kFLdJVLEi3U="
	const scram, md5 = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$" + key + ":" + key, "md5000102030405060708090a0b0c0d0e0f"
	for _, c := range []struct {
		environ  []string
		variable string
	}{
		{with(primary, "POSTGRES_PASSWORD="+scram), ""},
		{with(primary, "REPLICATION_PASSWORD="+scram), ""},
		{with(primary, "POSTGRES_PASSWORD="+md5, "APP_PASSWORD="+scram, "POSTGRES_HOST_AUTH_METHOD=md5"), ""},
		{with(primary, "POSTGRES_PASSWORD="+md5, "APP_USER=none"), ""},
		{with(primary, "POSTGRES_PASSWORD="+md5), "APP_PASSWORD"},
		{with(primary, "REPLICATION_PASSWORD="+md5), "REPLICATION_PASSWORD"},
		{with(primary, "REPLICATION_PASSWORD="+scram, "PEERS=db2"), "REPLICATION_PASSWORD"},
		{with(standby, "REPLICATION_PASSWORD="+scram), "REPLICATION_PASSWORD"},
		{with(standby, "REPLICATION_PASSWORD="+md5), "REPLICATION_PASSWORD"},
	} {
		found := mistakesOf(t, c.environ)
		if c.variable == "" && len(found) > 0 || c.variable != "" && (len(found) != 1 || found[c.variable].Remedy == "") {
			t.Errorf("%.150q: got %v, want a mistake of %q", c.environ, found, c.variable)
		}
	}
	if _, warnings, _ := Load(with(primary, "POSTGRES_PASSWORD="+md5, "APP_USER=none")); len(warnings) != 1 || !strings.Contains(warnings[0].What, "md5 verifier") {
		t.Errorf("md5 and a line of scram-sha-256: got %v", warnings)
	}
}

func TestInitdbMakesNoSuperuserOfSomeNames(t *testing.T) {
	for name, good := range map[string]bool{"o'brien": false, `say"hi"`: false, "a$b": false, `back\slash`: false, "two words": true, "ñandú": true, "a;b": true} {
		c := load(t, with(primary, "POSTGRES_USER="+name))
		if err := c.CheckNewCluster(); (err == nil) != good || err != nil && strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
