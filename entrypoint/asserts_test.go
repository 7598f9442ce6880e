package entrypoint

import (
	"cmp"
	"go/ast"
	"slices"
	"strings"
	"testing"

	"pgreplica/integration/source"
)

// A deed is a call that can lose data, by the function that does it.
type deed struct{ function, call string }

// deeds are all calls in the program that remove, truncate or rename, and what
// they are for. A new one is to be reviewed with this list.
var deeds = map[deed]string{
	{"pgdata.Discard", "os.RemoveAll"}:             "staging that the journal names, and its tablespaces, before anything was moved",
	{"pgdata.Discard", "os.Remove"}:                "the folder of such tablespaces, where it is empty",
	{"pgdata.Journal.discardWAL", "os.RemoveAll"}:  "the WAL of that staging, where it lies in POSTGRES_INITDB_WALDIR",
	{"pgdata.discardWALIn", "os.RemoveAll"}:        "the same, where it has the whole of that folder: names that WAL has, and no other cluster's",
	{"pgdata.Journal.end", "os.Remove"}:            "the journal, when its change is done",
	{"pgdata.Journal.migrate", "os.Remove"}:        "the state that has moved on, and folders that are empty",
	{"pgdata.install", "os.Remove"}:                "staging, when all of it has moved in; empty, or it stays",
	{"pgdata.installWhole", "os.Remove"}:           "an empty data directory, which gives way; it stays where it holds anything",
	{"pgdata.rename", "unix.Renameat2"}:            "a move, which never overwrites",
	{"pgdata.rename", "os.Rename"}:                 "the same, where the file system lacks the flag",
	{"pgdata.WriteFile", "os.Rename"}:              "a new text of one file, in place of the old",
	{"node.ForgetStreaming", "os.Remove"}:          "a mark in the container, not on the volume",
	{"node.beginWork", "os.Remove"}:                "such a mark, of an earlier start",
	{"provision.Files.withCandidate", "os.Remove"}: "a candidate of postgresql.conf that was tried",
	{"provision.Files.tryStart", "os.RemoveAll"}:   "a folder for such a trial, in the container; its links into the data directory are not followed",
	{"main.writeSecret", "os.Remove"}:              "the file beside a secret, of an earlier attempt",
	{"main.writeSecret", "os.Rename"}:              "a new secret, in its place",
	{"pgdata.ForgetFailedCopy", "os.Remove"}:       "the note of a copy that failed, when one has come to its end",
	{"file.New", "unix.Unlink"}:                    "what lies where a new file goes, beside one of ours or under its name; no folder",
	{"pgctl.RemoveStalePID", "os.Remove"}:          "postmaster.pid, under the locks of the volume and of the data directory",
	{"file.Note", "os.O_TRUNC"}:                    "such marks",
}

// losing are the names of calls that take something away, whatever they are
// called on.
var losing = []string{"Remove", "RemoveAll", "Rename", "Renameat", "Renameat2", "Unlink", "Unlinkat", "Rmdir", "Truncate", "Ftruncate", "Create", "O_TRUNC"}

func TestNothingIsRemovedThatIsNotListed(t *testing.T) {
	found := map[deed]bool{}
	source.Inspect(t, func(function string, node ast.Node) {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return
		}
		on, _ := selector.X.(*ast.Ident)
		if on == nil {
			on = &ast.Ident{Name: "?"}
		}
		if !slices.Contains(losing, selector.Sel.Name) && on.Name+"."+selector.Sel.Name != "os.WriteFile" {
			return
		}
		this := deed{function, on.Name + "." + selector.Sel.Name}
		if found[this] = true; deeds[this] == "" {
			t.Errorf("%s calls %s: what may it take away?", this.function, this.call)
		}
	})
	for this := range deeds {
		if !found[this] {
			t.Errorf("%s calls %s no more: take it off the list", this.function, this.call)
		}
	}
}

// programs are all that are ever run, bash for init scripts alone: no pg_rewind, which works in place, and
// no pg_resetwal or pg_archivecleanup, which take WAL away.
var programs = []string{"bash", "initdb", "pg_basebackup", "pg_controldata", "pg_ctl", "pg_verifybackup", "pg_waldump", "postgres"}

// runners are the functions that run what they are given.
var runners = []string{"pgctl.run", "pgctl.runOpen", "pgctl.Become", "main.dispatch"}

func TestOnlyTheseProgramsAreRun(t *testing.T) {
	var found []string
	check := func(function string, program ast.Expr) {
		name, literal := source.Text(program)
		switch {
		case literal && slices.Contains(programs, name):
			found = append(found, name)
		case literal || !slices.Contains(runners, function):
			t.Errorf("%s runs %s", function, cmp.Or(name, "what it is given"))
		}
	}
	source.Inspect(t, func(function string, node ast.Node) {
		switch node := node.(type) {
		case *ast.KeyValueExpr:
			if key, ok := node.Key.(*ast.Ident); ok && key.Name == "program" {
				check(function, node.Value)
			}
		case *ast.CallExpr:
			if source.Last(node.Fun) == "runOpen" {
				check(function, node.Args[1])
			}
			selector, ok := node.Fun.(*ast.SelectorExpr)
			if !ok {
				return
			}
			on, _ := selector.X.(*ast.Ident)
			switch name := selector.Sel.Name; {
			case name == "CommandContext" && on != nil && on.Name == "exec":
				check(function, node.Args[1])
			case name == "Command" && on != nil && on.Name == "exec", name == "Become" && on != nil && on.Name == "pgctl":
				check(function, node.Args[0])
			}
		}
	})
	slices.Sort(found)
	if found = slices.Compact(found); !slices.Equal(found, programs) {
		t.Errorf("runs %q, the list says %q", found, programs)
	}
}

// TestOnlyALostSlotOfOurOwnIsDropped holds the one command that drops a slot to
// the function that makes it anew. The server refuses it for a slot in use, as
// long as it is not told to WAIT.
func TestOnlyALostSlotOfOurOwnIsDropped(t *testing.T) {
	source.Inspect(t, func(function string, node ast.Node) {
		expression, _ := node.(ast.Expr)
		said, _ := source.Text(expression)
		drops, here := strings.Contains(said, "DROP_REPLICATION_SLOT"), function == "pgsql.recreate"
		if drops && !here || here && strings.Contains(said, "WAIT") {
			t.Errorf("%s says %q", function, said)
		}
	})
}
