package doctor

import (
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestAMissingLocaleIsNamedAsItIsMade(t *testing.T) {
	for locale, want := range map[string]string{
		"es_VE.utf8":   "RUN localedef -i es_VE -f UTF-8 es_VE.utf8 below FROM postgres in Dockerfile.slave, then docker compose up -d --build slave",
		"de_DE":        "RUN localedef -i de_DE -f UTF-8 de_DE below",
		"ru_RU.CP1251": "RUN localedef -i ru_RU -f CP1251 ru_RU.CP1251 below",
	} {
		s := well(pg.Standby)
		s.Inside.Unopened = []pg.UnopenedDatabase{{Name: "erp", Why: `The database was initialized with LC_CTYPE "` + locale + `",  which is not recognized by setlocale().`}}
		if got := databases(s); !strings.Contains(got.Fix, want) {
			t.Errorf("%s: got %s", locale, got.Fix)
		}
	}
}

// Somebody who says a port on the command line means it.
func TestAPortThatIsMeantIsNoProblem(t *testing.T) {
	for _, source := range []string{"command line", "environment variable"} {
		s := well(pg.Standby)
		s.Inside.Listening = pg.Listening{Addresses: "*", Port: 5433, PortFrom: source}
		if got := listening(s); got.Level != OK {
			t.Errorf("%s: got %q", source, got.Text)
		}
	}
	s := well(pg.Primary) // a container without a network
	s.Reach = nil
	if found := Clients(s); len(found) != 1 {
		t.Errorf("got %+v", found)
	}
}
