package main

import (
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
)

// An outcome is what go test said.
type outcome struct {
	tests map[string]test
	build string // the first error of the compiler
}

// A test is how one test ended and what it said. A test that was killed has no end.
type test struct{ end, said string }

// reason is the last line that a test said and that is its own.
func (t test) reason() string {
	reason := ""
	for line := range strings.Lines(t.said) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "===") {
			reason = line
		}
	}
	return reason
}

// goTest runs tests of one folder. That tests fail, or cannot be compiled, is no
// error.
func goTest(root, folder string, names []string, flags ...string) (outcome, error) {
	args := []string{"test", "-json", "-count=1", "-vet=off", "-timeout=2m", "-run=^(" + strings.Join(names, "|") + ")$"}
	cmd := exec.Command("go", append(append(args, flags...), "./"+folder)...)
	cmd.Dir = root
	said, err := cmd.Output()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		return outcome{}, err
	}
	found := outcome{tests: map[string]test{}}
	for line := range strings.Lines(string(said)) {
		var event struct{ Action, Test, Output string }
		if json.Unmarshal([]byte(line), &event) != nil {
			continue
		}
		t := found.tests[event.Test]
		switch event.Action {
		case "pass", "fail", "skip":
			t.end = event.Action
		case "output":
			t.said += event.Output
		case "build-output":
			if text := strings.TrimSpace(event.Output); found.build == "" && !strings.HasPrefix(text, "#") {
				found.build = text
			}
		}
		found.tests[event.Test] = t
	}
	return found, nil
}
