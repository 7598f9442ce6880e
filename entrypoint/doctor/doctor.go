package doctor

import (
	"cmp"
	"slices"
)

// A Level is how bad a finding is. The numbers are those that monitoring programs
// use.
type Level int

const (
	OK       Level = 0
	Warning  Level = 1
	Critical Level = 2
	Unknown  Level = 3
)

func (l Level) String() string { return [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[l] }

// A Finding is the result of one check.
type Finding struct {
	ID    string // of the check, and the heading of docs/troubleshooting.md
	Level Level
	Text  string // what was found, in one sentence
	Fix   string // what to type; empty where the level is OK
}

// Worst returns the first finding of the worst level. Unknown counts less than
// Warning: a known problem is more useful to report. It returns the zero Finding
// where all are OK.
func Worst(findings []Finding) Finding {
	var worst Finding
	for _, f := range findings {
		if rank(f.Level) > rank(worst.Level) {
			worst = f
		}
	}
	return worst
}

// WorstFirst returns the findings that are not OK, the worst first, and of one level
// a slot that nobody reads last: that its standby is gone is the greater trouble.
func WorstFirst(findings []Finding) []Finding {
	bad := slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.Level == OK })
	slices.SortStableFunc(bad, compare)
	return bad
}

func compare(a, b Finding) int {
	last := func(f Finding) int {
		if f.ID == "slot-unused" {
			return 1
		}
		return 0
	}
	return cmp.Or(rank(b.Level)-rank(a.Level), last(a)-last(b))
}

func rank(l Level) int { return [...]int{OK: 0, Unknown: 1, Warning: 2, Critical: 3}[l] }
