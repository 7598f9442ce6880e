package pgsql

import (
	"errors"

	"pgreplica/entrypoint/pg"
)

// A Class says whether another attempt may help.
type Class string

const (
	Transient Class = "transient" // passes by itself: ask again soon
	Slow      Class = "slow"      // passes when somebody mends it: ask again, seldom, not for ever
	Permanent Class = "permanent" // asking again is useless
)

// A Failure is why a server could not be used. Its text is one line that stays
// the same as long as the cause does, and names no password and no connection
// string; nor does its cause, which is without the configuration that pgx wraps
// around it.
type Failure struct {
	pg.Fault
	Class Class
}

// fail makes a failure. Its id names the cause for programs: a check of
// doctor's, an anchor in docs/troubleshooting.md. It never changes. What the text
// repeats of a stranger's words is made fit for a log.
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

// FaultOf is what is wrong, whatever kind of error says so.
func FaultOf(err error) *pg.Fault {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return &failure.Fault
	}
	return &pg.Fault{ID: "other", Text: err.Error(), Fix: pg.Hint(err)}
}

// IDOf is the ID of a failure; nothing where err is none.
func IDOf(err error) string {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure.ID
	}
	return ""
}
