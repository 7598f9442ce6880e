package config

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notRead are names that the page on migrating mentions and that nobody reads.
var notRead = []string{"CONTAINER_IMAGE", "CONTAINER_NAME", "POSTGRESQL_USERNAME", "IP_SERVER_SLAVE"}

// TestThePageOnMigratingNamesVariablesThatAreRead holds it also to all of
// Bitnami's names that are.
func TestThePageOnMigratingNamesVariablesThatAreRead(t *testing.T) {
	text, err := os.ReadFile("../../docs/migrating.md")
	if err != nil {
		t.Fatal(err)
	}
	known := slices.Concat(notRead, []string{"CONTAINER_RESTART", "POSTGRES_PORT", "NETWORK_NAME", "VOLUME_NAME"}) // the compose files' own
	for _, s := range Settings() {
		known = append(known, s.names()...)
		for _, name := range s.Aliases {
			if strings.HasPrefix(name, bitnami) && !strings.Contains(string(text), "`"+name+"`") {
				t.Errorf("%s is read as %s, and the page does not say so", name, s.Name)
			}
		}
	}
	for _, found := range regexp.MustCompile("`([A-Z]+_[A-Z_]+)").FindAllStringSubmatch(string(text), -1) {
		if name := found[1]; !slices.Contains(known, name) && !strings.HasSuffix(name, "_") {
			t.Errorf("nobody reads %s", name)
		}
	}
}
