// Package doctor judges what was seen of a server, its volume and its cluster.
// It is a function of one struct: it reads no file, clock or server, so that
// status, healthcheck and doctor say the same of the same sight.
package doctor

// A Level is how bad things are, as monitoring programs number it.
type Level int

const (
	OK       Level = 0
	Warning  Level = 1
	Critical Level = 2
	Unknown  Level = 3
)

func (l Level) String() string { return [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[l] }

// A Finding is the answer of one check.
type Finding struct {
	ID    string // of the check, and the heading of docs/troubleshooting.md
	Level Level
	Text  string // what is so, in one sentence
	Fix   string // what to type; empty where all is well
}

// Worst is the finding that stands for all: the first of the worst level. The
// unknown counts least, because something is known of the rest.
func Worst(findings []Finding) Finding {
	var worst Finding
	for _, f := range findings {
		if rank(f.Level) > rank(worst.Level) {
			worst = f
		}
	}
	return worst
}

func rank(l Level) int { return [...]int{OK: 0, Unknown: 1, Warning: 2, Critical: 3}[l] }
