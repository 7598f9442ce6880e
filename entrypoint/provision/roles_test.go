package provision

import (
	"strings"
	"testing"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgdata"
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
	all, lines, err := r.changes()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " "), strings.Join(lines, "\n")
}

func TestARoleIsChangedWhenItsPasswordIs(t *testing.T) {
	r := newRoles(t)
	r.record()
	if names, _ := changed(t, r); names != "" {
		t.Errorf("nothing has changed: got %q", names)
	}
	r.Node.Config.AppPassword = secret(t, "another")
	names, statements := changed(t, r)
	if names != "app" || !strings.Contains(statements, "ALTER ROLE") || strings.Contains(statements, "another") {
		t.Errorf("got %q\n%s", names, statements)
	}
	r.record()
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
