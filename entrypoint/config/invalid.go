package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A Mistake is what is wrong with a variable and what to do about it.
type Mistake struct {
	ID                     string // name of the check under which doctor prints it
	Variable, What, Remedy string
	Denied                 bool // this user may not read the file of a secret
}

func (m Mistake) String() string { return m.Variable + ": " + m.What + ". " + m.Remedy }

// Invalid is every mistake of an environment at once.
type Invalid struct{ Mistakes []Mistake }

// Error prints each mistake on a line of its own.
func (e *Invalid) Error() string {
	var out strings.Builder
	count := "1 mistake"
	if len(e.Mistakes) != 1 {
		count = fmt.Sprintf("%d mistakes", len(e.Mistakes))
	}
	out.WriteString(count + " in the environment")
	for _, m := range e.Mistakes {
		out.WriteString("\n  " + m.String())
	}
	return out.String()
}

// Hint says what to do when the variables are put right.
func (e *Invalid) Hint() string {
	return "Correct them in the compose file or its .env, then run " + pg.All.Up() + "; a restart alone keeps the old environment."
}

// Adopted returns the mistakes other than a standby's missing MASTER_SERVER and
// password, or nil where there are none: a standby whose data directory records
// the server that it follows needs neither.
func (e *Invalid) Adopted() error {
	rest := slices.DeleteFunc(slices.Clone(e.Mistakes), func(m Mistake) bool { return m.What == aStandbyNeedsIt })
	if len(rest) == 0 {
		return nil
	}
	return &Invalid{rest}
}

// ExitStatus is that of a configuration error.
func (e *Invalid) ExitStatus() int { return 78 }

// Unreadable returns the mistakes other than files of secrets that this user may
// not read, and whether there were such files. A command that only looks, as
// another user than root, can do without them.
func Unreadable(err error) (rest error, hidden bool) {
	invalid, mistaken := errors.AsType[*Invalid](err)
	if !mistaken {
		return err, false
	}
	others := slices.DeleteFunc(slices.Clone(invalid.Mistakes), func(m Mistake) bool { return m.Denied })
	switch len(others) {
	case 0:
		return nil, true
	case len(invalid.Mistakes):
		return err, false
	}
	return &Invalid{others}, true
}

// A Warning is what may be wrong with a variable.
type Warning Mistake

func warn(id, variable, what, remedy string) Warning {
	return Warning{ID: id, Variable: variable, What: what, Remedy: remedy}
}

func (w Warning) String() string { return Mistake(w).String() }

// mistakes are those found so far, at most one of each variable: the check that
// comes first says best what is wrong.
type mistakes []Mistake

// put adds a mistake, unless its variable has one already.
func (m *mistakes) put(found Mistake) {
	if !m.has(found.Variable) {
		*m = append(*m, found)
	}
}

// add puts the mistake of a value that cannot be used.
func (m *mistakes) add(variable, what, remedy string) {
	m.put(Mistake{ID: "env-value", Variable: variable, What: what, Remedy: remedy})
}

// has reports whether there is a mistake of a variable or of its X_FILE.
func (m *mistakes) has(variable string) bool {
	return slices.ContainsFunc(*m, func(other Mistake) bool { return withoutFile(other.Variable) == withoutFile(variable) })
}

// invalid returns the mistakes in the order of the manual.
func (m *mistakes) invalid(settings []Setting) error {
	if len(*m) == 0 {
		return nil
	}
	place := func(m Mistake) int {
		return slices.IndexFunc(settings, func(s Setting) bool { return slices.Contains(s.names(), withoutFile(m.Variable)) })
	}
	sorted := slices.Clone(*m)
	slices.SortStableFunc(sorted, func(a, b Mistake) int { return place(a) - place(b) })
	return &Invalid{sorted}
}

// withoutFile is the name of a variable without the _FILE at its end.
func withoutFile(variable string) string { return strings.TrimSuffix(variable, "_FILE") }
