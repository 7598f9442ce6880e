package provision

import (
	"errors"
	"fmt"
	"strings"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/plan"
)

// Changes are what apply did, and what is left to do.
type Changes struct {
	service pg.Service
	placed  []placement
	done    []string
	kept    []string // roles that were there before, with another password than the environment's
	waiting []pg.Pending
}

// NothingToDo is all that Text prints where nothing had changed.
const NothingToDo = "nothing to do\n"

// Text prints the changes, a line each.
func (c Changes) Text() string {
	var done, left []string
	replace := applyCommand(c.service) + " --replace"
	for _, p := range c.placed {
		for _, line := range p.placeholders {
			left = append(left, p.path+" "+line+": a placeholder was never replaced, the line lets nobody in")
		}
		for _, line := range p.unknownHosts {
			left = append(left, p.path+" "+line+": this host is not known, the line lets nobody in")
		}
		switch {
		case p.placed:
			done = append(done, "placed "+p.path)
		case p.verdict == plan.Edited:
			left = append(left, p.name+" was edited in the data directory, and is kept so. To put the mounted one there: "+replace)
		case p.verdict == plan.Withheld:
			left = append(left, "the mounted "+p.name+" has changed, but the one in the data directory was edited, and is kept so. To put the mounted one there: "+replace)
		}
	}
	done = append(done, c.done...)
	if len(done) == 0 {
		done = []string{"nothing to do"}
	}
	for _, role := range c.kept {
		left = append(left, "role "+role+" was there before, and keeps its password, which is not the one of the environment. To give it that one: "+pg.Master.Psql(`\password `+role))
	}
	for _, p := range c.waiting {
		left = append(left, fmt.Sprintf("%s changes from %s to %s at the next start: %s", p.Name, p.Now, p.Then, c.service.Restart()))
	}
	return strings.Join(append(done, left...), "\n") + "\n"
}

// notRunning is why there is no connection: err, or where no server runs a fault
// that says to start it.
func notRunning(n *node.Node, err error) error {
	failure, is := errors.AsType[*pgsql.Failure](err)
	if !is || failure.ID != "refused" {
		return err
	}
	return &pg.Fault{Text: failure.Text, Exit: 1, Err: failure,
		Fix: "A start does what apply does: " + n.Service().Up()}
}
