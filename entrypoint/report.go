package entrypoint

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

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
