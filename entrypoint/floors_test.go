package entrypoint

import (
	"go/ast"
	"go/build"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgreplica/entrypoint/node"
	"pgreplica/integration/source"
)

const module = "pgreplica/"

// storeys are the packages of the program from the ground up. Imports go down;
// packages of one storey are strangers to each other.
var storeys = [][]string{
	{"entrypoint/pg", "entrypoint/file"},
	{"entrypoint/config", "entrypoint/plan", "entrypoint/doctor", "entrypoint/pgconf", "entrypoint/pgdata", "entrypoint/pgctl", "entrypoint/pgsql", "entrypoint/host"},
	{"entrypoint/node", "entrypoint/report"},
	{"entrypoint/upstream", "entrypoint/provision"},
	{"entrypoint", "entrypoint/look"},
	{"cmd/pgreplica"},
}

// barred are imports that would go down and are not allowed all the same: who
// walks the path of a start prints and judges nothing, and who follows another
// server is given nothing.
var barred = map[string][]string{
	"entrypoint":          {"entrypoint/report", "entrypoint/doctor"},
	"entrypoint/look":     {"entrypoint/report"},
	"entrypoint/node":     {"entrypoint/doctor"},
	"entrypoint/upstream": {"entrypoint/config", "entrypoint/report"},
	"entrypoint/report":   {"entrypoint/config", "entrypoint/plan", "entrypoint/pgconf", "entrypoint/pgdata", "entrypoint/pgctl", "entrypoint/pgsql", "entrypoint/host"},
	"cmd/pgreplica":       {"entrypoint/pgsql", "entrypoint/pgdata", "entrypoint/pgconf", "entrypoint/plan", "entrypoint/host", "entrypoint/upstream"},
}

// impure packages would let a decision depend on more than its arguments.
var impure = []string{"os", "net", "context", "os/exec", "io", "io/fs", "syscall", "math/rand", "math/rand/v2"}

// clocks are the functions of package time that read one.
var clocks = []string{"Now", "Since", "Until", "After", "Tick", "Sleep", "NewTimer", "NewTicker"}

// mostMethods is how many methods a type may have.
const mostMethods = 32

// undocumented are the packages without a doc.go that holds their comment.
var undocumented []string

// concurrent are the packages that may start goroutines: none, because postgres
// takes the place of this process, and nothing may outlive it. starters are the
// functions of the standard library that run in a goroutine what they are given.
var (
	concurrent []string
	starters   = []string{"Go", "AfterFunc"}
)

// changers are the packages that may change this process: changes are the
// functions of os, syscall and unix that do. changing are those of other packages
// that call them all the same.
var (
	changers = []string{"host", "config"}
	changes  = []string{"Setenv", "Unsetenv", "Clearenv", "Chdir", "Fchdir", "Chroot", "Umask", "Setuid", "Setgid", "Setgroups",
		"Seteuid", "Setegid", "Setreuid", "Setregid", "Setresuid", "Setresgid", "Setrlimit", "Prctl"}
	changing []string
)

func imports(t *testing.T, name string) []string {
	t.Helper()
	pkg, err := build.ImportDir(filepath.Join("..", name), 0)
	if err != nil {
		t.Fatal(err)
	}
	return pkg.Imports
}

// storeyOf is where a package stands, from 0 at the ground; -1 is nowhere.
func storeyOf(name string) int {
	return slices.IndexFunc(storeys, func(storey []string) bool { return slices.Contains(storey, name) })
}

func TestImportsGoDown(t *testing.T) {
	for height, storey := range storeys {
		for _, name := range storey {
			for _, path := range imports(t, name) {
				other, ours := strings.CutPrefix(path, module)
				if ours && (storeyOf(other) >= height || slices.Contains(barred[name], other)) {
					t.Errorf("%s imports %s", name, other)
				}
			}
		}
	}
}

func TestEveryPackageHasAStorey(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := "entrypoint/" + entry.Name(); entry.IsDir() && entry.Name() != "testdata" && storeyOf(name) < 0 {
			t.Errorf("%s is on no storey", name)
		}
	}
}

// pure packages decide, judge and print from their arguments alone.
var pure = []string{"plan", "doctor", "report"}

func TestWhoDecidesReadsNothing(t *testing.T) {
	for _, name := range pure {
		for _, path := range imports(t, "entrypoint/"+name) {
			if slices.Contains(impure, path) || strings.Contains(path, ".") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
	source.Inspect(t, func(function string, node ast.Node) {
		name, _, _ := strings.Cut(function, ".")
		if selector, ok := node.(*ast.SelectorExpr); ok && slices.Contains(pure, name) && source.Last(selector.X) == "time" && slices.Contains(clocks, selector.Sel.Name) {
			t.Errorf("%s reads the clock", function)
		}
	})
}

// A Node is what all commands share: it stays small, and remembers nothing of
// what happens.
func TestANodeStaysSmall(t *testing.T) {
	const mostFields, mostMethods = 8, 25
	fields := reflect.TypeFor[node.Node]()
	if fields.NumField() > mostFields {
		t.Errorf("it has %d fields, %d are the most", fields.NumField(), mostFields)
	}
	for i := range fields.NumField() {
		if field := fields.Field(i); field.Type.Kind() == reflect.Bool {
			t.Errorf("%s is a flag", field.Name)
		}
	}
	if methods := methodsOf(t)["node.Node"]; methods > mostMethods {
		t.Errorf("it has %d methods, %d are the most", methods, mostMethods)
	}
}

func TestNoTypeHasTooManyMethods(t *testing.T) {
	for name, count := range methodsOf(t) {
		if count > mostMethods {
			t.Errorf("%s has %d methods, %d are the most", name, count, mostMethods)
		}
	}
}

// methodsOf counts the methods of each type, named package.Type.
func methodsOf(t *testing.T) map[string]int {
	t.Helper()
	methods := map[string]int{}
	for _, file := range source.Files(t) {
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv != nil {
				methods[file.Name.Name+"."+strings.TrimSuffix(source.Receiver(function), ".")]++
			}
		}
	}
	return methods
}

func TestEveryPackageHasItsCommentInDocGo(t *testing.T) {
	comments := map[string][]string{}
	for _, file := range source.Files(t) {
		found := comments[file.Folder()]
		if file.Doc != nil {
			found = append(found, file.Path)
		}
		comments[file.Folder()] = found
	}
	for folder, found := range comments {
		good, listed := slices.Equal(found, []string{folder + "/doc.go"}), slices.Contains(undocumented, folder)
		switch {
		case good && listed:
			t.Errorf("%s has a doc.go: take it off the list", folder)
		case !good && !listed:
			t.Errorf("%s has its comment in %q, not in doc.go", folder, found)
		}
	}
}

// openers are the functions that open by themselves what no person or program can
// have replaced: all else is opened by package file, which nothing holds or fills.
var openers = map[string]string{
	"node.isEntrypoint":      "of /proc",
	"node.ageOf":             "of /proc",
	"pgctl.stoppedIn":        "of /proc",
	"pgctl.offerToKill":      "of /proc",
	"pgdata.child":           "of /proc",
	"pgdata.statOf":          "of /proc",
	"pgdata.readMountinfo":   "of /proc",
	"host.Distribution":      "of the image",
	"host.serverGroups":      "of the image",
	"host.var":               "of the image",
	"entrypoint.isOldScript": "a script, of which kind and size were asked",
	"pgdata.syncDir":         "a folder",
	"pgdata.syncFileSystem":  "a folder",
	"main.writeSecret":       "a new file, made exclusively",
}

func TestFilesAreOpenedByPackageFile(t *testing.T) {
	source.Inspect(t, func(function string, node ast.Node) {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok || source.Last(selector.X) != "os" || !slices.Contains([]string{"Open", "OpenFile", "ReadFile", "WriteFile", "Create"}, selector.Sel.Name) {
			return
		}
		if name, _, _ := strings.Cut(function, "."); name != "file" && openers[function] == "" {
			t.Errorf("%s calls os.%s: package file reads what may be anything", function, selector.Sel.Name)
		}
	})
}

func TestNoGoroutineIsStarted(t *testing.T) {
	source.Inspect(t, func(function string, node ast.Node) {
		_, starts := node.(*ast.GoStmt)
		if call, ok := node.(*ast.CallExpr); ok {
			_, of := call.Fun.(*ast.SelectorExpr)
			starts = of && slices.Contains(starters, source.Last(call.Fun))
		}
		if name, _, _ := strings.Cut(function, "."); starts && !slices.Contains(concurrent, name) {
			t.Errorf("%s starts a goroutine", function)
		}
	})
}

func TestOnlyHostAndConfigChangeThisProcess(t *testing.T) {
	found := map[string]bool{}
	source.Inspect(t, func(function string, node ast.Node) {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok || !slices.Contains(changes, selector.Sel.Name) || !slices.Contains([]string{"os", "syscall", "unix"}, source.Last(selector.X)) {
			return
		}
		found[function] = true
		if name, _, _ := strings.Cut(function, "."); !slices.Contains(changers, name) && !slices.Contains(changing, function) {
			t.Errorf("%s calls %s.%s", function, source.Last(selector.X), selector.Sel.Name)
		}
	})
	for _, function := range changing {
		if !found[function] {
			t.Errorf("%s changes nothing any more: take it off the list", function)
		}
	}
}
