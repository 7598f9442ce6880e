package report

import (
	"fmt"
	"strings"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

// A Diagnosis is what the command doctor prints.
type Diagnosis struct {
	At      time.Time
	Checks  []doctor.Check
	Summary string // whether replication works, and whether a promotion would be safe
}

// DiagnosisOf makes every check of what was found.
func DiagnosisOf(seen doctor.Seen) Diagnosis {
	checks := doctor.Examine(seen)
	return Diagnosis{At: seen.Now, Checks: checks, Summary: doctor.Conclude(seen, checks)}
}

// Level is the level of the worst problem, or OK.
func (d Diagnosis) Level() doctor.Level {
	if bad := doctor.Problems(d.Checks); len(bad) > 0 {
		return bad[0].Level
	}
	return doctor.OK
}

// String prints the problems alone, and how many checks have none.
func (d Diagnosis) String() string {
	bad := doctor.Problems(d.Checks)
	checks := "checks"
	if len(d.Checks)-len(bad) == 1 {
		checks = "check"
	}
	return fmt.Sprintf("%d %s ok (pgreplica doctor --all lists them)\n\n", len(d.Checks)-len(bad), checks) + d.print(bad)
}

// All prints every check, in the order of its groups.
func (d Diagnosis) All() string { return d.print(d.Checks) }

const pageWidth = 112

func (d Diagnosis) print(checks []doctor.Check) string {
	var out strings.Builder
	longest := 0
	for _, c := range checks {
		longest = max(longest, len(c.ID))
	}
	margin := strings.Repeat(" ", len("CRITICAL ")+longest+2)
	for _, c := range checks {
		head := fmt.Sprintf("%-8s %-*s  ", c.Level, longest, c.ID)
		out.WriteString(strings.Join(pg.Wrap(head, c.Text, pageWidth), "\n") + "\n")
		if c.Level != doctor.OK {
			out.WriteString(margin + c.Fix + "\n\n") // in one line, so that it can be copied whole
		}
	}
	if text := strings.TrimRight(out.String(), "\n"); text != "" {
		return text + "\n\n" + d.Summary + "\n"
	}
	return d.Summary + "\n"
}

// JSON prints every check for programs. Within version 1 fields are only added.
func (d Diagnosis) JSON() (string, error) {
	type check struct {
		ID      string `json:"id"`
		Group   string `json:"group"`
		Level   string `json:"level"`
		Message string `json:"message"`
		Fix     string `json:"fix"`
	}
	object := struct {
		Version int     `json:"version"`
		Time    string  `json:"time"`
		Level   string  `json:"level"`
		Summary string  `json:"summary"`
		Checks  []check `json:"checks"`
	}{Version: 1, Time: d.At.Format(time.RFC3339), Level: lower(d.Level()), Summary: d.Summary}
	for _, c := range d.Checks {
		object.Checks = append(object.Checks, check{c.ID, c.Group, lower(c.Level), c.Text, c.Fix})
	}
	return encodeJSON(object, "  ")
}

func lower(level doctor.Level) string { return strings.ToLower(level.String()) }
