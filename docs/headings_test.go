package docs_test

import (
	"go/ast"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgreplica/integration/source"
)

// troubleshooting is the page that explains the messages of the program.
const troubleshooting = "troubleshooting.md"

func TestNoMessageIsExplainedTwice(t *testing.T) {
	headings, _ := readPage(t, troubleshooting)
	seen := map[string]bool{}
	for _, message := range textsAt(headings, 4) {
		if seen[message] {
			t.Errorf("#### %s is there twice", message)
		}
		seen[message] = true
	}
}

// headingFinder returns a function that says whether some heading begins with a
// message.
func headingFinder(t *testing.T) func(message string) bool {
	t.Helper()
	headings, _ := readPage(t, troubleshooting)
	messages := textsAt(headings, 4)
	return func(message string) bool {
		return slices.ContainsFunc(messages, func(heading string) bool { return strings.HasPrefix(heading, message) })
	}
}

func TestEveryRefusalOfAStartIsExplained(t *testing.T) {
	decisions, err := os.ReadFile("../entrypoint/plan/testdata/decisions.txt")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]bool{}
	for _, refusal := range regexp.MustCompile(`-> refuse \d+: (.*?)(?::|\n)`).FindAllStringSubmatch(string(decisions), -1) {
		reasons[refusal[1]] = true
	}
	if len(reasons) == 0 {
		t.Fatal("decisions.txt holds no refusal")
	}
	found := headingFinder(t)
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		if !found(reason) {
			t.Errorf("no heading begins with %q", reason)
		}
	}
}

func TestEveryWarningOfAStartIsExplained(t *testing.T) {
	found, count := headingFinder(t), 0
	source.Inspect(t, func(function string, node ast.Node) {
		call, ok := node.(*ast.CallExpr)
		if !ok || source.Last(call.Fun) != "Msg" || !isWarning(call) {
			return
		}
		message, literal := source.Text(call.Args[0])
		if count++; literal && !found(message) {
			t.Errorf("%s warns %q, and no heading begins so", function, message)
		}
	})
	if count == 0 {
		t.Error("nothing warns")
	}
}

// isWarning says whether a chain of calls logs a warning, or an error that stops
// nothing.
func isWarning(call *ast.CallExpr) bool {
	chain, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	before, ok := chain.X.(*ast.CallExpr)
	return ok && (source.Last(before.Fun) == "Warn" || source.Last(before.Fun) == "Error" || isWarning(before))
}
