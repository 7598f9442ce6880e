package apart

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Paths that are looked for, in vain, where the record begins and where it ends.
const (
	begins = "/the-record-begins-below"
	ends   = "/the-record-ends"
)

// Calls are the system calls of these names that do makes and that succeed, in
// order, each with its paths below root: "rename new/base old/base". It runs t once
// more under strace, up to here; in that process it does not return. The test is
// skipped where strace is missing or may not trace. A name of a call that not every
// machine has begins with a question mark; each kind of rename is called rename.
func Calls(t *testing.T, root, names string, do func()) []string {
	t.Helper()
	if Inside(t) {
		look(begins + root)
		do()
		look(ends)
		t.SkipNow()
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("needs strace: apt-get install strace")
	}
	record := filepath.Join(t.TempDir(), "record")
	cmd := Command(t, "strace", "-f", "-y", "-qq", "-s", "4096", "-e", "signal=none", "-e", "trace=faccessat,"+names, "-o", record)
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "ptrace") || strings.Contains(string(out), "PTRACE") {
		t.Skipf("strace may not trace here:\n%s", out)
	}
	text, errRead := os.ReadFile(record)
	if err != nil || errRead != nil {
		t.Fatalf("%v, %v\n%s", err, errRead, out)
	}
	return parse(t, string(text))
}

func look(path string) { _ = unix.Faccessat(unix.AT_FDCWD, path, unix.F_OK, 0) }

// line is one of strace's: the process, and the call with its arguments. A call that
// another one interrupts has a second line, which begins with <...
var (
	line  = regexp.MustCompile(`^(\d+) +(\w+)\((.*)`)
	rest  = regexp.MustCompile(`^(\d+) +<\.\.\. .*\) += (-1)?`)
	paths = regexp.MustCompile(`(?:AT_FDCWD|\d+)<([^>]*)>|"([^"]*)"`)
)

func parse(t *testing.T, record string) []string {
	t.Helper()
	_, record, begun := strings.Cut(record, begins)
	record, _, ended := strings.Cut(record, ends)
	root, record, _ := strings.Cut(record, `"`)
	if !begun || !ended {
		t.Fatal("the record does not begin or does not end")
	}
	var calls []string
	open := map[string]int{} // the call that a process is in
	for text := range strings.Lines(record) {
		if end := rest.FindStringSubmatch(text); end != nil && end[2] != "" {
			calls[open[end[1]]] = ""
		}
		found := line.FindStringSubmatch(text)
		if found == nil || found[2] == "faccessat" || strings.Contains(found[3], ") = -1 ") {
			continue
		}
		open[found[1]] = len(calls)
		calls = append(calls, describe(root, found[2], found[3]))
	}
	return strings.FieldsFunc(strings.Join(calls, "\n"), func(r rune) bool { return r == '\n' })
}

// describe is a call with its paths. A path in quotes lies below the folder of the
// descriptor that stands before it.
func describe(root, name, arguments string) string {
	if strings.HasPrefix(name, "rename") {
		name = "rename"
	}
	words, folder, alone := []string{name}, "", false
	add := func(path string) {
		if below, err := filepath.Rel(root, path); err == nil {
			words = append(words, below)
		}
	}
	for _, match := range paths.FindAllStringSubmatch(arguments, -1) {
		switch {
		case strings.HasPrefix(match[0], `"`) && filepath.IsAbs(match[2]):
			add(match[2])
		case strings.HasPrefix(match[0], `"`):
			add(filepath.Join(folder, match[2]))
		default:
			folder = match[1]
			alone = true
			continue
		}
		alone = false
	}
	if alone {
		add(folder)
	}
	return strings.Join(words, " ")
}
