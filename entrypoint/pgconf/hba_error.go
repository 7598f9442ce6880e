package pgconf

import "fmt"

// An HBAError is a line of pg_hba.conf that PostgreSQL does not accept. With
// such a line it does not start.
type HBAError struct {
	File string // the included file that has the line; empty for pg_hba.conf itself
	Line int
	What string
	Near string // the word at fault; empty where that could be a secret
}

func (e HBAError) Error() string {
	text := fmt.Sprintf("line %d: %s", e.Line, e.What)
	if e.File != "" {
		text = e.File + " " + text
	}
	if e.Near != "" {
		text += fmt.Sprintf(" near %q", e.Near)
	}
	return text
}
