package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./integration/mutants [PART OF A NAME]")
		os.Exit(64)
	}
	name := ""
	if len(os.Args) == 2 {
		name = os.Args[1]
	}
	if err := run(os.Stdout, ".", choose(mutants, name)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// choose are the mutants that have these words in their name or their file.
func choose(all []mutant, words string) []mutant {
	return slices.DeleteFunc(slices.Clone(all), func(m mutant) bool {
		return !strings.Contains(m.name, words) && !strings.Contains(m.file, words)
	})
}

// run tries each mutant of the module in root. It is an error where one was not
// caught.
func run(out io.Writer, root string, all []mutant) error {
	if len(all) == 0 {
		return errors.New("no mutant has such a name")
	}
	began, missed := time.Now(), 0
	healthy, err := tryAll(root, all)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%-16s  %6s  their tests, without any mutant\n", "looked at", since(began))
	for _, m := range all {
		tried, found := time.Now(), healthy[m.folder()+" "+m.test]
		if found.word == lives {
			found = try(root, m)
		}
		if found.word != caught {
			missed++
		}
		fmt.Fprintf(out, "%-16s  %6s  %s, in %s%s\n", found.word, since(tried), m.name, m.file, found.why)
	}
	fmt.Fprintf(out, "%d of %d mutants were caught, in %s\n", len(all)-missed, len(all), time.Since(began).Round(time.Second))
	if missed > 0 {
		return fmt.Errorf("not caught: %d", missed)
	}
	return nil
}

func since(began time.Time) string { return fmt.Sprintf("%.1f s", time.Since(began).Seconds()) }
