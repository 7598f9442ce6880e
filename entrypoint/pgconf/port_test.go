package pgconf

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheLastPortOfTheLastFileCounts(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	silent, both, quoted := file("silent", "#port = 1\nsupport = 2\n"), file("both", "port = 5433\nPORT 5434\n"), file("quoted", "port = '5435'\nport = none\n")
	for want, files := range map[uint16][]string{5432: {silent, filepath.Join(dir, "none")}, 5434: {quoted, both, silent}, 5435: {both, quoted}} {
		if got := ConfiguredPort(nil, files...); got != want {
			t.Errorf("%v: got %d, want %d", files, got, want)
		}
	}
}

func TestClientsLogInAsPasswordsAreStored(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		conf string
		args []string
		want string
	}{
		{"", nil, "scram-sha-256"},
		{"password_encryption = md5\n", nil, "md5"},
		{"password_encryption = 'on'\n", nil, "md5"},
		{"password_encryption = md5\n", []string{"-c", "password_encryption=scram-sha-256"}, "scram-sha-256"},
		{"password_encryption = 'scram-sha-256'\n", []string{"-c", "password_encryption=md5"}, "md5"},
	} {
		if err := os.WriteFile(filepath.Join(dir, "postgresql.conf"), []byte(c.conf), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := LoginMethod(dir, c.args); got != c.want {
			t.Errorf("%q, %v: got %s, want %s", c.conf, c.args, got, c.want)
		}
	}
}
