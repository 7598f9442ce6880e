package docs_test

import (
	"go/ast"
	"regexp"
	"slices"
	"testing"

	"pgreplica/entrypoint/doctor"
	"pgreplica/integration/source"
)

func TestTheListOfIDsIsInOrder(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for i, id := range doctor.IDs {
		if !kebab.MatchString(id) || i > 0 && doctor.IDs[i-1] >= id {
			t.Errorf("%s of entrypoint/doctor/ids.go is no id, or is not in the order of the alphabet", id)
		}
	}
}

func TestEveryIDIsAHeadingOfTheTroubleshootingPages(t *testing.T) {
	for _, page := range []string{troubleshooting, "es/" + troubleshooting} {
		headings, _ := readPage(t, page)
		found := textsAt(headings, 3)
		for _, id := range without(doctor.IDs, found) {
			t.Errorf("%s has no heading ### %s: write one, in both languages", page, id)
		}
		for _, text := range without(found, doctor.IDs) {
			t.Errorf("%s has the heading ### %s, which is no id of entrypoint/doctor/ids.go", page, text)
		}
		slices.Sort(found)
		for i := 1; i < len(found); i++ {
			if found[i] == found[i-1] {
				t.Errorf("%s has the heading ### %s twice", page, found[i])
			}
		}
		for _, h := range headings {
			if h.level == 3 && h.anchor != h.text {
				t.Errorf("%s: ### %s has the anchor #%s", page, h.text, h.anchor)
			}
		}
	}
}

// TestEveryIDInTheSourceIsOfTheList checks the ids that the source has as string
// literals. The tests of package doctor check the others.
func TestEveryIDInTheSourceIsOfTheList(t *testing.T) {
	count := 0
	source.Inspect(t, func(function string, node ast.Node) {
		for _, value := range idsIn(node) {
			id, literal := source.Text(value)
			if count++; literal && !slices.Contains(doctor.IDs, id) {
				t.Errorf("%s gives %q: write it into IDs in entrypoint/doctor/ids.go", function, id)
			}
		}
	})
	if count < len(doctor.IDs) {
		t.Errorf("found %d places that give an id, for %d ids", count, len(doctor.IDs))
	}
}

// idsIn returns the expressions of a node that are ids: the first argument of one of
// four functions, the value of a field called ID, and the first field in a literal of
// a struct that begins with an ID.
func idsIn(node ast.Node) (ids []ast.Expr) {
	switch node := node.(type) {
	case *ast.CallExpr:
		if slices.Contains([]string{"fail", "failUnknown", "finding", "warn"}, source.Last(node.Fun)) {
			ids = append(ids, node.Args[0])
		}
	case *ast.KeyValueExpr:
		if key, ok := node.Key.(*ast.Ident); ok && key.Name == "ID" {
			ids = append(ids, node.Value)
		}
	case *ast.CompositeLit:
		of, literals := node.Type, []ast.Expr{node}
		if list, ok := of.(*ast.ArrayType); ok {
			of, literals = list.Elt, node.Elts
		}
		for _, one := range literals {
			literal, ok := one.(*ast.CompositeLit)
			if ok && slices.Contains([]string{"Finding", "Remark", "Mistake", "Fault"}, source.Last(of)) && len(literal.Elts) > 0 {
				ids = append(ids, literal.Elts[0]) // NAME: value is not a string literal, and does no harm
			}
		}
	}
	return ids
}

// TestEveryIDOfTheListIsUsed finds ids that the source does not have any more.
func TestEveryIDOfTheListIsUsed(t *testing.T) {
	written := map[string]bool{}
	for _, file := range source.Files(t) {
		ast.Inspect(file.File, func(node ast.Node) bool {
			if list, ok := node.(*ast.CompositeLit); ok {
				if of, ok := list.Type.(*ast.ArrayType); ok && source.Last(of.Elt) == "string" {
					return false // doctor.IDs itself, and lists like it
				}
			}
			if literal, ok := node.(*ast.BasicLit); ok {
				text, _ := source.Text(literal)
				written[text] = true
			}
			return true
		})
	}
	for _, id := range doctor.IDs {
		if !written[id] {
			t.Errorf("nothing gives %s", id)
		}
	}
}
