package config

import (
	"errors"
	"slices"
	"strings"
)

// ids name what may be wrong with a variable, by how it is told.
var ids = []struct{ begins, id string }{
	{"both ", "env-both-file"},
	{"still holds ", "env-placeholder"},
	{"is not read by anybody", "env-unknown"},
	{"is read as ", "env-name"},
	{"is a password that was published", "password-known"},
	{"is a superuser's password", "password-shared"},
	{"is not set: no replication role", "no-replication"},
	{`has been set to "trust"`, "trust"},
}

// ID is the name of doctor's check that tells a mistake or a warning.
func (m Mistake) ID() string {
	for _, known := range ids {
		if strings.HasPrefix(m.What, known.begins) {
			return known.id
		}
	}
	return "env-value"
}

// Unreadable leaves out files of secrets that this user may not read: those of
// a container's root, where somebody else looks at a server that runs.
func Unreadable(err error) (rest error, hidden bool) {
	invalid, mistaken := errors.AsType[*Invalid](err)
	if !mistaken {
		return err, false
	}
	others := slices.DeleteFunc(slices.Clone(invalid.Mistakes), func(m Mistake) bool {
		return strings.HasSuffix(m.Variable, "_FILE") && strings.Contains(m.What, "permission denied")
	})
	switch len(others) {
	case 0:
		return nil, true
	case len(invalid.Mistakes):
		return err, false
	}
	return &Invalid{others}, true
}
