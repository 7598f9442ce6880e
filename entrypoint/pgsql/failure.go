package pgsql

import (
	"errors"
	"slices"

	"pgreplica/entrypoint/pg"
)

// A Class says whether another attempt may help.
type Class string

const (
	Transient Class = "transient" // passes by itself: ask again soon
	Slow      Class = "slow"      // passes when a person fixes it: ask again, seldom, for a limited time
	Permanent Class = "permanent" // asking again is useless
)

// A Failure says why a server could not be used. Its text is one line that
// stays the same as long as the cause does. Neither the text nor the cause,
// Err, holds a password or a connection string: Err is without the
// configuration that pgx wraps around it.
type Failure struct {
	pg.Fault
	Class Class
}

// fail makes a failure. Its id names the cause for programs and never changes:
// it is the id of a check of doctor, and an anchor in docs/troubleshooting.md.
// The text may repeat the words of another server, and is made fit for a log.
func fail(id, text, fix string, class Class, err error) *Failure {
	return &Failure{pg.Fault{ID: id, Text: pg.Said(text), Fix: fix, Err: err}, class}
}

// failUnknown makes the failure of a cause that this program does not know.
func failUnknown(id, text, fix string, err error) *Failure {
	return &Failure{pg.Fault{ID: id, Text: pg.Said(text), Fix: fix, Exit: 1, Err: err}, Permanent}
}

// ExitStatus is sysexits' number for a start that ends with this failure.
func (f *Failure) ExitStatus() int {
	switch {
	case f.Exit != 0:
		return f.Exit
	case f.Class == Transient:
		return 69 // EX_UNAVAILABLE
	}
	return 78 // EX_CONFIG
}

// FaultOf is the fault that an error holds. An error that is no Failure becomes
// a fault with the ID other.
func FaultOf(err error) *pg.Fault {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return &failure.Fault
	}
	return &pg.Fault{ID: "other", Text: err.Error(), Fix: pg.Hint(err)}
}

// AnsweredAs says in one line what PostgreSQL answered in place of what it was
// asked; answered is false where it was not PostgreSQL that answered, or nobody.
func AnsweredAs(err error) (text string, answered bool) {
	failure, ok := errors.AsType[*Failure](err)
	if !ok || sqlstate(err) == "" {
		return "", false
	}
	return failure.Text, true
}

// IDOf is the ID of a failure; empty for any other error, and for nil.
func IDOf(err error) string {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure.ID
	}
	return ""
}

// IsOnItsWay says whether err is an answer that a server gives which starts: it takes
// no connections yet, nothing listens yet, or its container has no name yet.
func IsOnItsWay(err error) bool {
	return slices.Contains([]string{"starting", "refused", "dns"}, IDOf(err))
}
