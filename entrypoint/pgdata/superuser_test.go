package pgdata

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/integration/realpg"
)

func TestTheSuperusersNameIsInTheDataDirectory(t *testing.T) {
	c := realpg.New(t)
	check := func(want string) {
		t.Helper()
		if got, err := Superuser(c.Dir); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	check("postgres")
	single := func(statements ...string) {
		t.Helper()
		cmd := c.Command("postgres", "--single", "-O", "-D", c.Dir, "template1")
		cmd.Stdin = strings.NewReader(strings.Join(statements, "\n") + "\n")
		if said, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(said), "ERROR") {
			t.Fatalf("%v\n%s", err, said)
		}
	}
	single("UPDATE pg_authid SET rolname = 'admin' WHERE oid = 10")
	check("admin")
	single("DO 'BEGIN FOR i IN 1..500 LOOP EXECUTE format(''CREATE ROLE r%s'', i); END LOOP; END'", "UPDATE pg_authid SET rolname = 'Ärger 1' WHERE oid = 10", "VACUUM FULL pg_authid")
	check("Ärger 1")
}

func TestASuperuserThatCannotBeFoundIsUnknown(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "global"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "global", "pg_filenode.map")
	for _, text := range []string{"", "short", strings.Repeat("\x00", 512), "\x17\x27\x59\x00\xff\xff\xff\xff" + strings.Repeat("\x01", 300)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if name, err := Superuser(dir); err == nil {
			t.Errorf("%q: found %q", text, name)
		}
	}
}
