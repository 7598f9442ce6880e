package source

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// roots are the folders that the program is built from.
var roots = []string{"cmd", "entrypoint"}

// A File is a source file of the program.
type File struct {
	*ast.File
	Path string // within the module, such as entrypoint/plan/plan.go
}

// Folder is the folder of a file's package within the module, such as
// entrypoint/plan.
func (f File) Folder() string { return filepath.Dir(f.Path) }

// Files returns all source files of the program. The test may run in any folder of
// the module.
func Files(t *testing.T) []File {
	t.Helper()
	var found []File
	module, set := moduleOf(t), token.NewFileSet()
	for _, root := range roots {
		err := filepath.WalkDir(filepath.Join(module, root), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			within, err := filepath.Rel(module, path)
			found = append(found, File{file, within})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// moduleOf is the folder of the go.mod of the test.
func moduleOf(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("no go.mod above the folder of this test: %v", err)
	return ""
}

// Inspect calls visit for each node of the program. The name of the function is
// PACKAGE.FUNCTION or PACKAGE.TYPE.METHOD, and PACKAGE.var outside functions.
func Inspect(t *testing.T, visit func(function string, node ast.Node)) {
	t.Helper()
	for _, file := range Files(t) {
		for _, declaration := range file.Decls {
			name := file.Name.Name + ".var"
			if function, ok := declaration.(*ast.FuncDecl); ok {
				name = file.Name.Name + "." + Receiver(function) + function.Name.Name
			}
			ast.Inspect(declaration, func(node ast.Node) bool {
				visit(name, node)
				return true
			})
		}
	}
}

// Receiver is the name of a method's type, with a dot; "" for a function.
func Receiver(function *ast.FuncDecl) string {
	if function.Recv == nil {
		return ""
	}
	of := function.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	name, ok := of.(*ast.Ident)
	if !ok {
		return ""
	}
	return name.Name + "."
}

// Text is the value of an expression that is a string literal.
func Text(expression ast.Expr) (text string, literal bool) {
	found, ok := expression.(*ast.BasicLit)
	if !ok || found.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(found.Value)
	return text, err == nil
}

// Last is the last name of an expression: B of A.B and of B, "" of any other.
func Last(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
