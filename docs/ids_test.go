package docs_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgreplica/integration/source"
)

// finders are the packages whose findings, failures and mistakes have an id.
var finders = []string{"entrypoint", "entrypoint/config", "entrypoint/doctor", "entrypoint/pg", "entrypoint/pgsql"}

var kebab = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// givenIDs are the ids that the program can print, each with where it is given:
// in a field or to a parameter called id, or by a method of that name.
func givenIDs(t *testing.T) map[string]string {
	t.Helper()
	files := slices.DeleteFunc(source.Files(t), func(file source.File) bool { return !slices.Contains(finders, file.Folder()) })
	finder := idFinder{places: map[string]int{}, constants: map[string][]string{}, found: map[string]string{}}
	for _, file := range files {
		ast.Inspect(file.File, finder.declare)
		for _, declaration := range file.Decls {
			if constants, ok := declaration.(*ast.GenDecl); ok {
				collectAssigned(constants, finder.constants)
			}
		}
	}
	for _, file := range files {
		for _, declaration := range file.Decls {
			where := "a table"
			if function, ok := declaration.(*ast.FuncDecl); ok {
				where = source.Receiver(function) + function.Name.Name
			}
			finder.search(declaration, where)
		}
	}
	for id, where := range finder.found {
		if !kebab.MatchString(id) {
			t.Errorf("%s, which %s gives, is no id", id, where)
		}
	}
	return finder.found
}

// An idFinder knows which field of a type, or parameter of a function, is an id.
type idFinder struct {
	places    map[string]int
	constants map[string][]string // of packages; of one function they are collected apart
	found     map[string]string
}

// declare takes note of what has an id. A struct without a name is asked where
// it is used.
func (f idFinder) declare(node ast.Node) bool {
	name, fields := "", &ast.FieldList{}
	switch node := node.(type) {
	case *ast.FuncDecl:
		name, fields = node.Name.Name, node.Type.Params
	case *ast.TypeSpec:
		if structure, ok := node.Type.(*ast.StructType); ok {
			name, fields = node.Name.Name, structure.Fields
		}
	}
	if at, ok := placeOfID(fields); ok {
		f.places[name] = at
	}
	return true
}

// placeOfID is which of the fields or parameters is a string called id.
func placeOfID(fields *ast.FieldList) (at int, found bool) {
	for _, field := range fields.List {
		kind, _ := field.Type.(*ast.Ident)
		for _, name := range field.Names {
			if strings.EqualFold(name.Name, "id") && kind != nil && kind.Name == "string" {
				return at, true
			}
			at++
		}
	}
	return 0, false
}

// collectAssigned notes the strings that names are given in a piece of code.
func collectAssigned(in ast.Node, names map[string][]string) {
	note := func(name, value ast.Expr) {
		on, ok := name.(*ast.Ident)
		if said, literal := source.Text(value); ok && literal {
			names[on.Name] = append(names[on.Name], said)
		}
	}
	ast.Inspect(in, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ValueSpec:
			for i, value := range node.Values {
				note(node.Names[i], value)
			}
		case *ast.AssignStmt:
			for i := 0; len(node.Lhs) == len(node.Rhs) && i < len(node.Lhs); i++ {
				note(node.Lhs[i], node.Rhs[i])
			}
		}
		return true
	})
}

// search finds the ids that are given in a piece of code.
func (f idFinder) search(in ast.Node, where string) {
	local := map[string][]string{}
	collectAssigned(in, local)
	give := func(value ast.Expr) {
		for _, id := range f.values(value, local) {
			f.found[id] = where
		}
	}
	ast.Inspect(in, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CompositeLit:
			f.composite(node, give)
		case *ast.AssignStmt:
			for i := 0; len(node.Lhs) == len(node.Rhs) && i < len(node.Lhs); i++ {
				if field, ok := node.Lhs[i].(*ast.SelectorExpr); ok && field.Sel.Name == "ID" {
					give(node.Rhs[i])
				}
			}
		case *ast.CallExpr:
			if at, ok := f.places[source.Last(node.Fun)]; ok && at < len(node.Args) {
				give(node.Args[at])
			}
		case *ast.ReturnStmt:
			if strings.HasSuffix(where, ".ID") {
				give(node.Results[0])
			}
		}
		return true
	})
}

// composite gives the id of a struct, or of each in a list.
func (f idFinder) composite(literal *ast.CompositeLit, give func(ast.Expr)) {
	if list, ok := literal.Type.(*ast.ArrayType); ok {
		for _, element := range literal.Elts {
			if inner, ok := element.(*ast.CompositeLit); ok && inner.Type == nil {
				f.fields(list.Elt, inner, give)
			}
		}
		return
	}
	f.fields(literal.Type, literal, give)
}

func (f idFinder) fields(of ast.Expr, literal *ast.CompositeLit, give func(ast.Expr)) {
	at, known := f.places[source.Last(of)]
	if structure, ok := of.(*ast.StructType); ok {
		at, known = placeOfID(structure.Fields)
	}
	for i, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if known && strings.EqualFold(source.Last(pair.Key), "id") {
				give(pair.Value)
			}
		} else if known && i == at {
			give(element)
		}
	}
}

// values are the strings that an expression may stand for, as far as they are
// written in the program.
func (f idFinder) values(expression ast.Expr, local map[string][]string) []string {
	if said, ok := source.Text(expression); ok {
		return []string{said}
	}
	if said, ok := local[source.Last(expression)]; ok {
		return said
	}
	return f.constants[source.Last(expression)]
}
