package pg

import "errors"

// A Fault is an error that says what a person can do about it.
type Fault struct {
	ID   string // of the cause, as doctor has it; empty where doctor has none
	Text string // what is wrong, in one line
	Fix  string // what to do, in whole sentences
	Exit int    // the process's exit status; 0 is that of Err, and 1 where Err has none
	Err  error  // the cause, where one is known
}

func (f *Fault) Error() string { return f.Text }
func (f *Fault) Unwrap() error { return f.Err }

// Hint is what a person can do about it.
func (f *Fault) Hint() string { return f.Fix }

// ExitStatus is the process's, where this error ends it.
func (f *Fault) ExitStatus() int {
	if f.Exit != 0 {
		return f.Exit
	}
	return ExitStatus(f.Err)
}

// Hint is what an error advises, or nothing.
func Hint(err error) string {
	if hinted, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok {
		return hinted.Hint()
	}
	return ""
}

// ExitStatus is what the process ends with when err ends it: 1, or what err
// says. Those are numbers of sysexits(3), so that they cannot be taken for
// PostgreSQL's own.
func ExitStatus(err error) int {
	if told, ok := errors.AsType[interface {
		error
		ExitStatus() int
	}](err); ok {
		return told.ExitStatus()
	}
	return 1
}
