package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A result is what became of a mutant, and a reason that begins with a colon.
type result struct{ word, why string }

const (
	caught   = "caught"
	lives    = "LIVES"
	skipped  = "NOT TRIED"        // the test is skipped on this machine
	fails    = "FAILS WITHOUT IT" // the test fails, or is not there, without the mutant
	unfit    = "DOES NOT FIT"     // the old text does not stand in the file exactly once
	unusable = "DOES NOT COMPILE" // the changed file cannot be compiled
)

// tryAll runs the tests of all mutants without any, and returns what that says of
// their mutants, by folder and test: that they live, as far as is known.
func tryAll(root string, all []mutant) (map[string]result, error) {
	tests := map[string][]string{}
	for _, m := range all {
		if !slices.Contains(tests[m.folder()], m.test) {
			tests[m.folder()] = append(tests[m.folder()], m.test)
		}
	}
	results := map[string]result{}
	for folder, names := range tests {
		found, err := goTest(root, folder, names)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			said := found.judge(name)
			if said.word == caught || said.word == unusable {
				said = result{fails, ": " + name + said.why}
			}
			results[folder+" "+name] = said
		}
	}
	return results, nil
}

// try runs the test of a mutant with it.
func try(root string, m mutant) result {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return result{unfit, ": " + err.Error()}
	}
	defer os.RemoveAll(dir)
	overlay, err := m.write(root, dir)
	if err != nil {
		return result{unfit, ": " + err.Error()}
	}
	found, err := goTest(root, m.folder(), []string{m.test}, "-overlay="+overlay)
	if err != nil {
		return result{unusable, ": " + err.Error()}
	}
	if _, line, inside := strings.Cut(found.build, filepath.Base(dir)+"/"); inside {
		found.build = line
	}
	return found.judge(m.test)
}

// judge says what the end of a test means for a mutant. A test that has no end was
// killed, or the process with it.
func (o outcome) judge(name string) result {
	t := o.tests[name]
	switch {
	case o.build != "":
		return result{unusable, ": " + o.build}
	case t.end == "pass":
		return result{word: lives}
	case t.end == "skip":
		return result{skipped, ": " + t.reason()}
	case t.end == "" && t.said == "":
		return result{unusable, ": there is no such test"}
	}
	return result{caught, ""}
}
