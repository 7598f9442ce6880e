package pg

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
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

func TestAConnectionStringHasNoPasswordAndNothingEmpty(t *testing.T) {
	c := Conninfo{Host: "db 1", Port: 5433, User: `o'brien\`, ApplicationName: "s", Passfile: "/run/p", SSLMode: "prefer", Options: "-c a=b"}
	want := `host='db 1' port=5433 user='o\'brien\\' application_name=s passfile=/run/p sslmode=prefer options='-c a=b' ` +
		"connect_timeout=5 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 tcp_user_timeout=10000"
	if got := c.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAPassfileLineEscapes(t *testing.T) {
	if got := PassfileLine("r:1", `a\b:c`); got != `*:*:*:r\:1:a\\b\:c`+"\n" {
		t.Errorf("got %q", got)
	}
}

func FuzzConninfo(f *testing.F) {
	f.Add("us'er", `na\me`)
	f.Add("a b", "x=y")
	f.Add("\v", "\f\r")
	f.Fuzz(func(t *testing.T, user, name string) {
		if user == "" || name == "" || strings.Contains(user+name, "\x00") {
			t.Skip()
		}
		got, err := pgconn.ParseConfig(Conninfo{Host: "db", User: user, ApplicationName: name}.String())
		if err != nil || got.User != user || got.RuntimeParams["application_name"] != name {
			t.Errorf("%q %q became %+v, %v", user, name, got, err)
		}
	})
}
