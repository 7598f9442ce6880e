package entrypoint

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

// A Report is what status prints.
type Report struct {
	Level   doctor.Level
	Verdict string
	Version string
	System  pg.SystemID
	At      time.Time
	Nodes   []NodeRow
	Slots   []SlotRow
	Advice  []string // what to type next
}

// A NodeRow is a server of the cluster. Behind is in bytes, Heard the age of
// the last message; -1 is unknown.
type NodeRow struct {
	Name, Role, State, Address string
	Here                       bool
	Timeline                   pg.Timeline
	Behind                     int64
	Heard                      time.Duration
}

// A SlotRow is a slot of this server.
type SlotRow struct {
	pg.Slot
	UsedBy string
}

// conclude makes the worst finding the verdict, and advises what each bad one asks for.
func (r *Report) conclude(found []doctor.Finding) {
	if worst := doctor.Worst(found); worst.Level != doctor.OK {
		r.Level, r.Verdict = worst.Level, worst.Text
	}
	for _, f := range found {
		if f.Level != doctor.OK && f.Fix != "" {
			r.Advice = append(r.Advice, f.Fix)
		}
	}
}

// String prints a report for people, the verdict first. The columns may change
// with any version.
func (r Report) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s  %s\n\n", r.Level, r.Verdict)
	if r.Version != "" {
		fmt.Fprintf(&out, "PostgreSQL %s  system %s  %s\n\n", r.Version, r.System, r.At.Format("2006-01-02 15:04:05 MST"))
	}
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	if len(r.Nodes) > 0 {
		fmt.Fprintln(table, "   NODE\tROLE\tSTATE\tTL\tBEHIND\tHEARD\tADDRESS")
	}
	for _, n := range r.Nodes {
		mark := "  "
		if n.Here {
			mark = " *"
		}
		fmt.Fprintf(table, "%s %s\t%s\t%s\t%s\t%s\t%s\t%s\n", mark, n.Name, n.Role, n.State, orDash(int64(n.Timeline), 1, fmt.Sprint(n.Timeline)),
			orDash(n.Behind, 0, size(n.Behind)), orDash(int64(n.Heard), 0, n.Heard.Round(time.Second).String()), orDash(int64(len(n.Address)), 1, n.Address))
	}
	_ = table.Flush()
	if len(r.Slots) > 0 {
		fmt.Fprintln(table, "\n   SLOT\tUSED BY\tWAL KEPT\tSTATE")
	}
	for _, s := range r.Slots {
		mark, used := "  ", s.UsedBy
		if !s.Active {
			mark, used = " !", "nobody"
		}
		fmt.Fprintf(table, "%s %s\t%s\t%s\t%s\n", mark, s.Name, used, size(s.Kept), s.WALStatus)
	}
	_ = table.Flush()
	if len(r.Advice) > 0 {
		out.WriteString("\n" + strings.Join(r.Advice, "\n") + "\n")
	}
	return out.String()
}

// orDash is text, or a dash for a value that is below what means known.
func orDash(value, least int64, text string) string {
	if value < least {
		return "-"
	}
	return text
}
