package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
)

// A Report is what the command status prints.
type Report struct {
	Level    doctor.Level // of the worst problem
	Summary  string       // the worst problem, or what a healthy server does
	At       time.Time
	This     string // the name of this container's server
	Version  string
	System   pg.SystemID
	Nodes    []NodeRow
	Slots    []SlotRow
	Problems []doctor.Finding
	Aside    []OldData
	// Synchronous is true where commits wait for standbys, so that the table says for
	// which.
	Synchronous bool
}

// OldData is data that a copy of the upstream has set aside, as it is printed.
type OldData struct {
	Path  string
	Bytes int64
	Whole bool   // Bytes was counted to the end; otherwise it is the least
	Fix   string // the command that removes it
}

func oldData(seen doctor.Seen, old doctor.OldData) OldData {
	return OldData{old.Folders[0], old.Bytes, old.Whole, seen.Mode.Service().Exec(pg.RemoveCommand(old.Folders))}
}

// summarize makes the worst finding the summary, or healthy where all are OK.
func (r *Report) summarize(healthy string, found []doctor.Finding) {
	r.Summary = healthy
	r.Problems = doctor.WorstFirst(found)
	if len(r.Problems) == 0 {
		return
	}
	worst := r.Problems[0]
	r.Level, r.Summary = worst.Level, worst.Text
	if more := len(r.Problems) - 1; more > 0 {
		r.Summary += fmt.Sprintf(" (and %d more)", more)
	}
}

// Line is the level and the summary alone.
func (r Report) Line() string { return fmt.Sprintf("%s  %s\n", r.Level, r.Summary) }

// Text prints a report for people, the summary first. Its words and columns may
// change with any version; those of JSON do not.
func (r Report) Text(verbose bool) string {
	blocks := [][]string{pg.Wrap(r.Level.String()+"  ", r.Summary, columns)}
	if r.Version != "" || r.System != 0 {
		blocks = append(blocks, []string{r.heading()})
	}
	blocks = append(blocks, r.nodeLines(verbose), slotLines(r.Slots, shorten))
	for _, problem := range r.Problems {
		blocks = append(blocks, problemLines(problem))
	}
	for _, old := range r.Aside {
		blocks = append(blocks, old.lines())
	}
	var out []string
	for _, block := range blocks {
		if len(block) > 0 {
			out = append(out, strings.Join(block, "\n")+"\n")
		}
	}
	return strings.Join(out, "\n")
}

func (r Report) heading() string {
	var words []string
	if r.Version != "" {
		number, _, _ := strings.Cut(r.Version, " ")
		words = append(words, "PostgreSQL "+number)
	}
	return strings.Join(append(words, "system "+r.System.String(), r.At.Format("2006-01-02 15:04:05 MST")), "  ")
}

// nodeLines is the table of nodes, one row each. Where it is wider than a screen,
// each address goes below its row.
func (r Report) nodeLines(verbose bool) []string {
	if len(r.Nodes) == 0 {
		return nil
	}
	cells := [][]string{{"   NODE", "ROLE", "STATE", "TL", "BEHIND", "DELAY", "HEARD", "ADDRESS"}}
	for _, n := range r.Nodes {
		cells = append(cells, n.cells())
	}
	if r.Synchronous {
		cells[0] = slices.Insert(cells[0], 3, "SYNC")
		for i, n := range r.Nodes {
			cells[i+1] = slices.Insert(cells[i+1], 3, cmp.Or(n.SyncState, "-"))
		}
	}
	lines, below := align(cells), false
	if widest(lines) > columns {
		for i := range cells {
			cells[i] = cells[i][:len(cells[i])-1]
		}
		lines, below = align(cells), true
	}
	out := lines[:1:1]
	for i, n := range r.Nodes {
		out = append(out, lines[i+1])
		if below && n.Address != "" {
			out = append(out, "      at "+n.Address)
		}
		if verbose {
			out = append(out, n.detailLines()...)
		}
	}
	return out
}
