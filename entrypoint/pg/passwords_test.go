package pg

import (
	"strings"
	"testing"
)

func TestWhatPostgreSQLStoresIsToldFromAPassword(t *testing.T) {
	const key = "Z2FKLYzbvxPBvxW2xFZZpRdGb0kbTPZ9kFLdJVLEi3U="
	good := "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$" + key + ":" + key
	for text, want := range map[string]string{
		"md5" + strings.Repeat("0a", 16):          "md5",
		"md5" + strings.Repeat("0A", 16):          "", // PostgreSQL reads small letters alone
		"md5" + strings.Repeat("0", 31):           "",
		"md5" + strings.Repeat("g", 32):           "",
		good:                                      "scram-sha-256",
		strings.Replace(good, "4096", "x", 1):     "",
		strings.Replace(good, key, "c2hvcnQ=", 1): "",
		strings.TrimSuffix(good, "="):             "",
		"SCRAM-SHA-256$my password":               "",
		"":                                        "",
		"secret":                                  "",
	} {
		if got := VerifierMethod(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
