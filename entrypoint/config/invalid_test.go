package config

import (
	"errors"
	"strings"
	"testing"
)

func TestEachMistakeHasTheNameOfACheck(t *testing.T) {
	for _, c := range []struct {
		environ      []string
		variable, id string
	}{
		{with(standby, "MASTER_SERVER=IP_HERE"), "MASTER_SERVER", "env-placeholder"},
		{with(standby, "POSTGRES_PASSWORD=changeme"), "POSTGRES_PASSWORD", "env-placeholder"},
		{with(standby, "REPLICATION_PASSWORD_FILE=/run/secret"), "REPLICATION_PASSWORD", "env-both-file"},
		{with(standby, "MASTER_PORT=none"), "MASTER_PORT", "env-value"},
	} {
		if got := mistakesOf(t, c.environ)[c.variable]; got.ID != c.id {
			t.Errorf("%v: got %q of %q, want %q", c.environ, got.ID, got, c.id)
		}
	}
	for _, c := range []struct{ setting, id string }{
		{"MASTER_SEVER=db1", "env-unknown"}, {"POSTGRES_PASSWORD=adempiere@123", "password-known"}, {"POSTGRES_PASSWORD=two", "password-shared"},
		{"POSTGRES_HOST_AUTH_METHOD=trust", "trust"}, {"REPLICATION_PASSWORD=", "no-replication"},
	} {
		_, warnings, _ := Load(with(primary, c.setting))
		if len(warnings) != 1 || warnings[0].ID != c.id {
			t.Errorf("%s: got %v, want one warning of %s", c.setting, warnings, c.id)
		}
	}
}

func TestOnlyFilesOfSomebodyElseAreLeftOut(t *testing.T) {
	denied := Mistake{ID: "env-value", Variable: "REPLICATION_PASSWORD_FILE", What: "open /run/secret: permission denied", Denied: true}
	other := Mistake{ID: "env-value", Variable: "MASTER_PORT", What: `"none" is not a port`}
	if rest, hidden := Unreadable(&Invalid{[]Mistake{denied}}); rest != nil || !hidden {
		t.Errorf("a file alone: got %v, %v", rest, hidden)
	}
	rest, hidden := Unreadable(&Invalid{[]Mistake{denied, other}})
	if invalid, _ := errors.AsType[*Invalid](rest); !hidden || invalid == nil || len(invalid.Mistakes) != 1 || invalid.Mistakes[0] != other {
		t.Errorf("a file and a mistake: got %v, %v", rest, hidden)
	}
	if rest, hidden := Unreadable(nil); rest != nil || hidden {
		t.Errorf("nothing: got %v, %v", rest, hidden)
	}
}

func TestAnAdoptedStandbyNeedsAllButItsUpstream(t *testing.T) {
	_, _, err := Load([]string{"REPLICATION_MODE=standby"})
	invalid, ok := errors.AsType[*Invalid](err)
	if !ok || len(invalid.Mistakes) != 2 || invalid.Adopted() != nil {
		t.Errorf("got %v, adopted %v", err, invalid.Adopted())
	}
	_, _, err = Load([]string{"REPLICATION_MODE=standby", "MASTER_SERVER=IP_HERE", "MASTER_SLOT=a-b"})
	invalid, ok = errors.AsType[*Invalid](err)
	if !ok || invalid.Adopted() == nil || !strings.Contains(invalid.Adopted().Error(), "MASTER_SERVER") {
		t.Errorf("got %v, adopted %v", err, invalid.Adopted())
	}
}
