package pgsql

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

func replicator(name string) pg.Role { return pg.Role{Name: name, Login: true, Replication: true} }

var passwords = []string{
	"secret", "with space ", "quo'te", `dou"ble`, "co:lon", `back\slash`, "$dollar$", "tab\tnewline\nend", "%s%n",
	"contraseña", "über", "пароль", "密码", "emoji 🔑",
	"n\u0303 decomposed", "1º", "ª½²", "ﬁn", "a·º", "no\u00a0break", "soft\u00adhyphen", "zero\u200bwidth", "º🔑", "₽º", "㎏\u0001",
	"\u00ad", "Ⅷ ①", "ｗｉｄｅ", "אº", "א1", "\ufb50\ufb50", "aℵ", "º\u1806", "º\u0221", "º\u1e9e", "º\ufdfd", "º\ue000",
}

func TestAVerifierIsWhatTheServerWouldStore(t *testing.T) {
	conn := startServer(t, nil, "password_encryption=scram-sha-256").connect(t)
	for _, password := range passwords {
		var stored string
		if _, err := conn.Exec(context.Background(), "DROP ROLE IF EXISTS r; CREATE ROLE r PASSWORD "+QuoteLiteral(password)); err != nil {
			t.Fatal(err)
		}
		if err := conn.QueryRow(context.Background(), "SELECT rolpassword FROM pg_authid WHERE rolname = 'r'").Scan(&stored); err != nil {
			t.Fatal(err)
		}
		salt, err := base64.StdEncoding.DecodeString(strings.Split(strings.Split(stored, "$")[1], ":")[1])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := verifier(password, salt); err != nil || got != stored {
			t.Errorf("password %+q: got %q (%v), want %q", password, got, err, stored)
		}
	}
}

func TestAVerifierLetsItsPasswordIn(t *testing.T) {
	server := startServer(t, []string{"host replication all 127.0.0.1/32 scram-sha-256"}, "password_encryption=md5")
	for _, password := range passwords {
		server.sql(t, "DROP ROLE IF EXISTS r")
		server.makeRole(t, "r", password)
		if _, err := Identify(within(t, 5*time.Second), server.upstream("r", password)); err != nil {
			t.Errorf("password %+q: %v", password, err)
		}
		if _, err := Identify(within(t, 5*time.Second), server.upstream("r", password+"x")); err == nil {
			t.Errorf("password %+q: another password is let in", password)
		}
	}
}

func TestAVerifierIsNeverTheSameTwice(t *testing.T) {
	one, _ := Verifier("secret")
	two, _ := Verifier("secret")
	if one == two || !strings.HasPrefix(one, "SCRAM-SHA-256$4096:") {
		t.Errorf("got %q and %q", one, two)
	}
	for _, impossible := range []string{"", "nul\x00"} {
		if got, err := Verifier(impossible); err == nil {
			t.Errorf("Verifier(%q) = %q, want an error", impossible, got)
		}
	}
}

// TestAVerifierStaysAsItIs gives what a server has stored of a password to another
// role, in place of the password.
func TestAVerifierStaysAsItIs(t *testing.T) {
	server := startServer(t, []string{"host replication given 127.0.0.1/32 scram-sha-256"})
	verifier, err := Verifier("the password")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{verifier, "md50123456789abcdef0123456789abcdef"} {
		again, err := Verifier(text)
		if err != nil || again != text {
			t.Errorf("%s became %s, %v", text, again, err)
		}
		server.sql(t, RoleStatements(pg.Role{Name: "given", Login: true, Replication: true}, again, true)...)
		var stored string
		if err := server.connect(t).QueryRow(t.Context(), "SELECT rolpassword FROM pg_authid WHERE rolname = 'given'").Scan(&stored); err != nil || stored != text {
			t.Errorf("stored %s, %v", stored, err)
		}
		if text == verifier {
			if _, err := Identify(within(t, 5*time.Second), server.upstream("given", "the password")); err != nil {
				t.Errorf("a login with the password: %v", err)
			}
		}
	}
}
