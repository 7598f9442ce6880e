package pg

import (
	"strings"
	"testing"
)

func TestAPathIsFoundInAMessageOfAnyLanguage(t *testing.T) {
	for message, want := range map[string]string{
		`could not open directory "./lost+found": Permission denied`:               "./lost+found",
		`no se pudo abrir el directorio «./lost+found»: Permiso denegado`:          "./lost+found",
		`konnte Verzeichnis »./lost+found« nicht öffnen: Keine Berechtigung`:       "./lost+found",
		`could not open file "/ts/PG_13_202007201/16384/16390": Permission denied`: "/ts/PG_13_202007201/16384/16390",
		`must be superuser or replication role to start walsender`:                 "",
		`role "a" is not permitted to log in`:                                      "",
	} {
		if got := PathIn(message); got != want {
			t.Errorf("%s: got %q, want %q", message, got, want)
		}
		if fix := UnreadableFix(message); want != "" && !strings.Contains(fix, `chown -R postgres: "`+want+`"`) {
			t.Errorf("%s: got %q", message, fix)
		}
	}
}
