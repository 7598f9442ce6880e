package pg

import "errors"

// A Fault is an error that says what a person can do about it.
type Fault struct {
	ID   string // one of doctor.IDs; empty where none fits
	Text string // what is wrong, in one line
	Fix  string // what to do, in whole sentences
	Exit int    // the process's exit status; 0 is that of Err, and 1 where Err has none
	Err  error  // the cause, where one is known
}

func (f *Fault) Error() string { return f.Text }
func (f *Fault) Unwrap() error { return f.Err }

// Hint is what a person can do about it.
func (f *Fault) Hint() string { return f.Fix }

// ExitStatus is what the process ends with when this error ends it.
func (f *Fault) ExitStatus() int {
	if f.Exit != 0 {
		return f.Exit
	}
	return ExitStatus(f.Err)
}

// Hint is what the first error in the chain of err advises, or nothing.
func Hint(err error) string {
	if hinted, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok {
		return hinted.Hint()
	}
	return ""
}

// ExitStatus is what the process ends with when err ends it: the status of the first
// error in its chain that has one, otherwise 1. The others are numbers of sysexits(3),
// so that none is mistaken for an exit status of PostgreSQL.
func ExitStatus(err error) int {
	if ending, ok := errors.AsType[interface {
		error
		ExitStatus() int
	}](err); ok {
		return ending.ExitStatus()
	}
	return 1
}
