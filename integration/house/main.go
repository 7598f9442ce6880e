package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
)

const (
	module   = "pgreplica/"
	longFile = 200 // lines
	howMany  = 10  // longest functions
)

// A house is the whole program, measured.
type house struct {
	packages  map[string]*room
	functions []span
	files     []span
}

// A room is one package of the program, measured.
type room struct {
	files, lines, exported int
	imports                map[string]bool // packages of this module
	methods                map[string]int  // the number of methods by type
	lengths                []int           // the lines of each function
}

// A span is a function or a file.
type span struct {
	name  string
	at    string // where a function begins, with a tab before it; empty for a file
	lines int
}

func main() {
	if err := run(os.Stdout, "cmd", "entrypoint"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out io.Writer, dirs ...string) error {
	h := house{packages: map[string]*room{}}
	positions := token.NewFileSet()
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(positions, path, nil, parser.SkipObjectResolution)
			if err == nil {
				h.addFile(positions, path, file)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return h.print(out)
}

func (h *house) addFile(positions *token.FileSet, path string, file *ast.File) {
	name := filepath.Dir(path)
	r := h.packages[name]
	if r == nil {
		r = &room{imports: map[string]bool{}, methods: map[string]int{}}
		h.packages[name] = r
	}
	lines := positions.File(file.FileStart).LineCount()
	r.files, r.lines = r.files+1, r.lines+lines
	h.files = append(h.files, span{path, "", lines})
	for _, spec := range file.Imports {
		if imported, ok := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module); ok {
			r.imports[imported] = true
		}
	}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			h.functions = append(h.functions, r.addFunction(positions, file.Name.Name, d))
		case *ast.GenDecl:
			r.exported += countExported(d)
		}
	}
}

// addFunction counts a function, and a method with its type.
func (r *room) addFunction(positions *token.FileSet, name string, d *ast.FuncDecl) span {
	begin, end := positions.Position(d.Pos()), positions.Position(d.End())
	length := end.Line - begin.Line + 1
	r.lengths = append(r.lengths, length)
	of := ""
	if d.Recv != nil {
		of = receiverName(d.Recv.List[0].Type)
		r.methods[of]++
		of += "."
	}
	if d.Name.IsExported() && (of == "" || ast.IsExported(of)) {
		r.exported++
	}
	return span{name + "." + of + d.Name.Name, fmt.Sprintf("\t%s:%d", begin.Filename, begin.Line), length}
}

func receiverName(of ast.Expr) string {
	switch of := of.(type) {
	case *ast.StarExpr:
		return receiverName(of.X)
	case *ast.IndexExpr: // has a type parameter
		return receiverName(of.X)
	case *ast.Ident:
		return of.Name
	}
	return "?"
}

// countExported is the number of exported types, constants and variables. Fields
// do not count.
func countExported(d *ast.GenDecl) int {
	var names []*ast.Ident
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			names = append(names, spec.Name)
		case *ast.ValueSpec:
			names = append(names, spec.Names...)
		}
	}
	return len(slices.DeleteFunc(names, func(name *ast.Ident) bool { return !name.IsExported() }))
}

func (h *house) print(to io.Writer) error {
	out := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "package\tlines\tfiles\texported\tfunctions\tmedian\tlongest\tlargest type\timports of ours")
	var all room
	for _, name := range sorted(h.packages) {
		r := h.packages[name]
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", name, r.figures(), r.largestType(), cmp.Or(strings.Join(sorted(r.imports), " "), "-"))
		all.files, all.lines, all.exported = all.files+r.files, all.lines+r.lines, all.exported+r.exported
		all.lengths = append(all.lengths, r.lengths...)
	}
	fmt.Fprintf(out, "%d packages\t%s\n", len(h.packages), all.figures())
	long := slices.DeleteFunc(h.files, func(f span) bool { return f.lines <= longFile })
	printLongest(out, "longest functions", h.functions, howMany)
	printLongest(out, fmt.Sprintf("files over %d lines", longFile), long, len(long))
	return out.Flush()
}

// printLongest prints the longest functions or files, at most as many as most.
func printLongest(out io.Writer, title string, spans []span, most int) {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(b.lines-a.lines, cmp.Compare(a.name, b.name)) })
	fmt.Fprintf(out, "\n%s\tlines\n", title)
	for _, s := range spans[:min(most, len(spans))] {
		fmt.Fprintf(out, "%s\t%d%s\n", s.name, s.lines, s.at)
	}
}

// figures are the columns of numbers in a row of the table.
func (r *room) figures() string {
	slices.Sort(r.lengths)
	median, longest := 0, 0
	if n := len(r.lengths); n > 0 {
		median, longest = r.lengths[n/2], r.lengths[n-1]
	}
	return fmt.Sprintf("%d\t%d\t%d\t%d\t%d\t%d", r.lines, r.files, r.exported, len(r.lengths), median, longest)
}

// largestType is the type with the most methods.
func (r *room) largestType() string {
	most := ""
	for _, name := range sorted(r.methods) {
		if r.methods[name] > r.methods[most] {
			most = name
		}
	}
	if most == "" {
		return "-"
	}
	return fmt.Sprintf("%s %d", most, r.methods[most])
}

func sorted[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
