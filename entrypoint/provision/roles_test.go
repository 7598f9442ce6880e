package provision

import (
	"crypto/md5"
	"fmt"
	"strings"
	"testing"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

func secret(t *testing.T, text string) (s config.Secret) {
	t.Helper()
	if err := s.Decode(text); err != nil {
		t.Fatal(err)
	}
	return s
}

// newRoles are those of an environment with all three roles, on a new volume.
func newRoles(t *testing.T) Roles {
	t.Helper()
	cfg := config.Config{PostgresUser: "postgres", PostgresPassword: secret(t, "one"), AppUser: "app", AppPassword: secret(t, "two"),
		ReplicationUser: "replicator", ReplicationPassword: secret(t, "three")}
	return Roles{&node.Node{Config: cfg, Record: pgdata.ReadRecord(t.TempDir())}}
}

// changed are the names of the roles that are to be made or changed, and the
// statements for it.
func changed(t *testing.T, r Roles) (names, statements string) {
	t.Helper()
	all, lines, err := r.changes(nil)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " "), strings.Join(lines, "\n")
}

func TestARoleIsChangedWhenItsPasswordIs(t *testing.T) {
	r := newRoles(t)
	r.record(map[string]string{})
	if names, _ := changed(t, r); names != "" {
		t.Errorf("nothing has changed: got %q", names)
	}
	r.Node.Config.AppPassword = secret(t, "another")
	names, statements := changed(t, r)
	if names != "app" || !strings.Contains(statements, "ALTER ROLE") || strings.Contains(statements, "another") {
		t.Errorf("got %q\n%s", names, statements)
	}
	r.record(nil)
	if names, _ := changed(t, r); names != "" {
		t.Errorf("a change that was made is made again: got %q", names)
	}
}

func TestARoleThatSomebodyElseMadeIsNotChanged(t *testing.T) {
	r := newRoles(t)
	names, statements := changed(t, r) // an adopted cluster: no password was recorded
	if names != "app replicator" || strings.Contains(statements, "ELSE EXECUTE") || strings.Contains(statements, "name text := 'postgres'") {
		t.Errorf("got %q\n%s", names, statements)
	}
	if !strings.Contains(statements, "md5") {
		t.Errorf("a password of the replication role that is stored as md5 stays so:\n%s", statements)
	}
}

func TestTwoVolumesDoNotShowThatTheyHaveOnePassword(t *testing.T) {
	one, other := newRoles(t), newRoles(t)
	if role := one.wanted()[0]; one.hash(role) == other.hash(role) {
		t.Errorf("both have %s", one.hash(role))
	}
}

// A dump that is loaded brings passwords of its own, and what was recorded stays.
func TestTheServersOwnPasswordsAreCompared(t *testing.T) {
	stored := func(one, two, three string) map[string]string {
		all := map[string]string{}
		for name, password := range map[string]string{"postgres": one, "app": two, "replicator": three} {
			if password == "md5" {
				all[name] = "md5" + fmt.Sprintf("%x", md5.Sum([]byte("three"+name)))
			} else if password != "" {
				all[name], _ = pgsql.Verifier(password)
			}
		}
		return all
	}
	for _, c := range []struct {
		what   string
		stored map[string]string
		want   string
	}{
		{"as they are", stored("one", "two", "three"), ""},
		{"all loaded from a dump", stored("old", "old", "old"), "postgres app replicator"},
		{"one that is gone", stored("one", "", "three"), "app"},
		{"what standbys log in with, as md5", stored("one", "two", "md5"), "replicator"},
	} {
		r := newRoles(t)
		r.record(map[string]string{})
		names, statements, err := r.changes(c.stored)
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%s: got %q and %v, want %q", c.what, got, err, c.want)
		}
		if all := strings.Join(statements, ""); strings.Contains(all, "ELSE EXECUTE") {
			t.Errorf("%s: attributes are changed:\n%s", c.what, all)
		}
	}

	r := newRoles(t) // an adopted cluster
	r.record(nil)
	if names, _, _ := r.changes(stored("theirs", "theirs", "theirs")); len(names) > 0 {
		t.Errorf("roles that were there before: got %q", names)
	}
	r.record(stored("one", "two", "theirs")) // the server was asked: two have the passwords of the environment
	if names, _, _ := r.changes(stored("old", "old", "old")); strings.Join(names, " ") != "postgres app" {
		t.Errorf("two are known to be ours by now: got %q", names)
	}
}

func TestASessionForOneRoleGivesTheOthersTheirPasswordsToo(t *testing.T) {
	r := newRoles(t)
	r.record(map[string]string{})
	others, err := r.repeat([]string{"app"})
	all := strings.Join(others, "\n")
	if err != nil || !strings.Contains(all, "name text := 'postgres'") || !strings.Contains(all, "name text := 'replicator'") || strings.Contains(all, "'app'") {
		t.Errorf("got %v\n%s", err, all)
	}
	adopted := newRoles(t)
	adopted.record(nil)
	if others, _ := adopted.repeat(nil); len(others) > 0 {
		t.Errorf("roles that somebody else made: got %q", others)
	}
}
