package pgdata

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWhatInitScriptsWroteLeadsToTheFinalPlace(t *testing.T) {
	staged, to := t.TempDir(), "/var/lib/postgresql/data/pgdata"
	mkdir(t, filepath.Join(staged, "conf.d"))
	mkdir(t, filepath.Join(staged, "pg_tblspc"))
	mkdir(t, filepath.Join(staged, "fast"))
	texts := map[string]string{
		"postgresql.conf":  "include = '" + staged + "/more.conf'\nport = 5432\n",
		"conf.d/tls.conf":  "ssl_cert_file = '" + staged + "/server.crt'\n",
		"server.crt":       staged,
		"pg_tblspc/x.conf": staged,
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(staged, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/elsewhere", filepath.Join(staged, "pg_tblspc", "16385")); err != nil {
		t.Fatal(err)
	}
	if err := Rehome(staged, to); err != nil {
		t.Fatal(err)
	}
	texts["postgresql.conf"] = "include = '" + to + "/more.conf'\nport = 5432\n"
	texts["conf.d/tls.conf"] = "ssl_cert_file = '" + to + "/server.crt'\n"
	for name, want := range texts {
		if got, _ := os.ReadFile(filepath.Join(staged, name)); string(got) != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if err := os.Symlink(filepath.Join(staged, "fast"), filepath.Join(staged, "pg_tblspc", "16384")); err != nil {
		t.Fatal(err)
	}
	if err := Rehome(staged, to); err == nil {
		t.Error("a tablespace in the data directory was let through")
	}
}
