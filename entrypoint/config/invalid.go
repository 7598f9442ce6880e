package config

import (
	"fmt"
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A Mistake is what is wrong with a variable and what to do about it.
type Mistake struct{ Variable, What, Remedy string }

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

// Adopted leaves out that a standby lacks MASTER_SERVER and its password: one
// whose data directory records whom it follows can do without.
func (e *Invalid) Adopted() error {
	rest := slices.DeleteFunc(slices.Clone(e.Mistakes), func(m Mistake) bool { return m.What == aStandbyNeedsIt })
	if len(rest) == 0 {
		return nil
	}
	return &Invalid{rest}
}

// ExitStatus is that of a configuration error.
func (e *Invalid) ExitStatus() int { return 78 }

// A Warning is what may be wrong with a variable.
type Warning Mistake

func (w Warning) String() string { return Mistake(w).String() }

// mistakes are those found so far, one a variable: what is checked first says
// best what is wrong.
type mistakes []Mistake

func (m *mistakes) add(variable, what, remedy string) {
	if !m.of(variable) {
		*m = append(*m, Mistake{variable, what, remedy})
	}
}

// of reports whether there is a mistake of a variable or of its X_FILE.
func (m *mistakes) of(variable string) bool {
	return slices.ContainsFunc(*m, func(other Mistake) bool { return plain(other.Variable) == plain(variable) })
}

// invalid returns the mistakes in the order of the manual.
func (m *mistakes) invalid(settings []Setting) error {
	if len(*m) == 0 {
		return nil
	}
	place := func(m Mistake) int {
		return slices.IndexFunc(settings, func(s Setting) bool { return slices.Contains(s.names(), plain(m.Variable)) })
	}
	sorted := slices.Clone(*m)
	slices.SortStableFunc(sorted, func(a, b Mistake) int { return place(a) - place(b) })
	return &Invalid{sorted}
}

func plain(variable string) string { return strings.TrimSuffix(variable, "_FILE") }
