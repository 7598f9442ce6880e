package pg

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

func TestPositionsReadAsPostgreSQLPrintsThem(t *testing.T) {
	for text, want := range map[string]LSN{"0/0": 0, "16/B374D848": 0x16B374D848, "FFFFFFFF/FFFFFFFF": 1<<64 - 1} {
		got, err := ParseLSN(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "/", "1/", "/1", "100000000/0", "0/x", "-1/0", "0/0/0"} {
		if got, err := ParseLSN(text); err == nil {
			t.Errorf("%q: got %s", text, got)
		}
	}
}

func TestASystemIdentifierKeepsItsDigits(t *testing.T) {
	var back struct{ ID SystemID }
	text, err := json.Marshal(struct{ ID SystemID }{18446744073709551615})
	if err != nil || json.Unmarshal(text, &back) != nil || back.ID != 18446744073709551615 {
		t.Errorf("%s became %s, %v", text, back.ID, err)
	}
	for _, text := range []string{"", "0", "-1", "18446744073709551616", "x"} {
		if _, err := ParseSystemID(text); err == nil {
			t.Errorf("took %q", text)
		}
	}
}

func TestModes(t *testing.T) {
	for text, want := range map[string]Mode{"primary": Primary, "master": Primary, "standby": Standby, "slave": Standby} {
		var got Mode
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
	var m Mode
	if m.UnmarshalText([]byte("leader")) == nil {
		t.Error("took leader")
	}
}

func TestSlotNames(t *testing.T) {
	for _, name := range []string{"replication_slot_1", "a", strings.Repeat("a", 63)} {
		if err := CheckSlotName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "A", "a-b", "a b", "ñ", strings.Repeat("a", 64)} {
		if CheckSlotName(name) == nil {
			t.Errorf("took %q", name)
		}
	}
}

func TestAConnectionStringHasNoPassword(t *testing.T) {
	c := Conninfo{Host: "db 1", Port: 5433, User: `o'brien\`, ApplicationName: "s", Passfile: "/run/p", SSLMode: "prefer", Options: "-c a=b"}
	words, err := ParseConninfo(c.String())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"host": "db 1", "port": "5433", "user": `o'brien\`, "passfile": "/run/p", "options": "-c a=b", "connect_timeout": "5"} {
		if words[name] != want {
			t.Errorf("%s: got %q, want %q", name, words[name], want)
		}
	}
	if _, found := words["password"]; found {
		t.Error("it holds a password")
	}
	if _, found := words["dbname"]; found {
		t.Error("it holds what is empty")
	}
}

func TestConnectionStringsReadAsLibpqReadsThem(t *testing.T) {
	for text, want := range map[string]map[string]string{
		``:                          {},
		`host=a port = 5432`:        {"host": "a", "port": "5432"},
		`user='a b' dbname='it\'s'`: {"user": "a b", "dbname": "it's"},
		`a='' b=c\ d`:               {"a": "", "b": "c d"},
	} {
		if got, err := ParseConninfo(text); err != nil || !maps.Equal(got, want) {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"host", "=x", "a='b", "a b=c"} {
		if got, err := ParseConninfo(text); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestAPassfileLineEscapes(t *testing.T) {
	if got := PassfileLine("r:1", `a\b:c`); got != `*:*:*:r\:1:a\\b\:c`+"\n" {
		t.Errorf("got %q", got)
	}
}

func FuzzConninfo(f *testing.F) {
	f.Add("host", "us'er", `na\me`)
	f.Add("::1", "a b", "x=y")
	f.Fuzz(func(t *testing.T, host, user, name string) {
		words, err := ParseConninfo(Conninfo{Host: host, User: user, ApplicationName: name}.String())
		if err != nil || words["host"] != host || words["user"] != user || words["application_name"] != name {
			t.Errorf("%q %q %q became %v, %v", host, user, name, words, err)
		}
	})
}

func FuzzParseConninfo(f *testing.F) {
	f.Add(`host=a port=5432 user='x y' password='\'' sslmode=prefer`)
	f.Fuzz(func(_ *testing.T, text string) { _, _ = ParseConninfo(text) })
}
