//go:build integration

package integration

import (
	"strings"
	"testing"
)

// TestHealthKnowsTheServerThatRefusesOurLogin leads a pair of a superuser that the
// standby was not told through what closes databases to our commands.
func TestHealthKnowsTheServerThatRefusesOurLogin(t *testing.T) {
	t.Parallel()
	network := networkFor(t, "login")
	a, b := newNode(t, network, "a"), newNode(t, network, "b")
	seen := &checks{t: t}
	admin := func(statement string) {
		t.Helper()
		a.Exec("psql", "-XAtq", "-U", "admin", "-d", "template1", "-c", statement)
	}
	says := func(of Container, want string) {
		t.Helper()
		if got := seen.ask(of); !strings.HasPrefix(got, want) {
			t.Errorf("healthcheck says %q, want %q", got, want)
		}
	}
	a.as("primary", "", "POSTGRES_USER=admin")
	a.Healthy()
	b.as("standby", "a")
	b.Healthy()
	b.wants(t, 0, []string{"OK  the standby streams"}, "status")

	admin("DROP DATABASE postgres")
	a.as("primary", "", "POSTGRES_USER=admin", "POSTGRES_PASSWORD=test-3")
	seen.until(a.Container, "1 standby streaming")
	a.Says("bringing the role up to date")
	for _, n := range []*node{a, b} {
		n.wants(t, 0, []string{"OK  "}, "status")
		n.wants(t, 0, nil, "slots")
		n.wants(t, 0, []string{"nothing to do"}, "apply")
	}

	admin("UPDATE pg_database SET datcollate = 'de_DE.nowhere'")
	seen.until(b.Container, "locale is incompatible")
	says(a.Container, "1 primary, and none of its databases can be opened")
	says(b.Container, "0 standby, streaming, how far behind is not known; the server refuses the connection")
	b.wants(t, 2, []string{"localedef", "streaming"}, "status")
	b.wants(t, 2, []string{"CRITICAL locale", "a promotion would be safe is not known"}, "doctor")
	a.Docker("stop")
	seen.until(b.Container, "NOT CONNECTED")
	past(b.Container)
	says(b.Container, "1 standby, NOT CONNECTED for 2m")
}
