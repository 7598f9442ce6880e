package pgsql

// A Class says whether another attempt may help.
type Class string

const (
	Transient Class = "transient" // passes by itself: ask again soon
	Slow      Class = "slow"      // passes when somebody mends it: ask again, seldom, not for ever
	Permanent Class = "permanent" // asking again is useless
)

// A Failure is why a server could not be used. Reason is one line that stays
// the same as long as the cause does, Remedy what a person can do about it.
// Neither holds a password or a connection string.
type Failure struct {
	// ID names the cause for programs: a check of doctor's, an anchor in
	// docs/troubleshooting.md. It never changes.
	ID             string
	Reason, Remedy string
	Class          Class
	// Err is the cause, without the configuration that pgx wraps around it.
	Err error

	unknown bool
}

func (f *Failure) Error() string { return f.Reason }
func (f *Failure) Hint() string  { return f.Remedy }
func (f *Failure) Unwrap() error { return f.Err }

// ExitStatus is sysexits' number for a start that ends with this failure.
func (f *Failure) ExitStatus() int {
	switch {
	case f.unknown:
		return 1
	case f.Class == Transient:
		return 69 // EX_UNAVAILABLE
	}
	return 78 // EX_CONFIG
}
