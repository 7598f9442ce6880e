// Stopwatch measures how long programs take from the start of their process
// until they have become postgres, which /bench/postgres plays.
//
//	stopwatch ROUNDS PROGRAM [ARGUMENT…] [-- PROGRAM [ARGUMENT…]]…
//
// It runs them in turn and prints a line for each run: the program's place in
// the arguments, nanoseconds, and the peak memory in kB of it and its children.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: stopwatch ROUNDS PROGRAM [ARGUMENT…] [-- PROGRAM [ARGUMENT…]]…")
	}
	rounds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := os.Setenv("PATH", "/bench:"+os.Getenv("PATH")); err != nil {
		log.Fatal(err)
	}
	programs := split(os.Args[2:])
	for range rounds {
		for place, words := range programs {
			took, peak, err := measure(words)
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(place, took, peak)
		}
	}
}

// split divides arguments at each "--".
func split(words []string) [][]string {
	programs := [][]string{nil}
	for _, word := range words {
		if word == "--" {
			programs = append(programs, nil)
			continue
		}
		last := len(programs) - 1
		programs[last] = append(programs[last], word)
	}
	return programs
}

func measure(words []string) (took, peak int64, err error) {
	command := exec.Command(words[0], words[1:]...)
	began, err := now()
	if err != nil {
		return 0, 0, err
	}
	output, err := command.CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w\n%s", strings.Join(words, " "), err, output)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	became, err := strconv.ParseInt(lines[len(lines)-1], 10, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("%s did not become postgres:\n%s", strings.Join(words, " "), output)
	}
	return became - began, command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss, nil
}

func now() (int64, error) {
	var at unix.Timespec
	err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &at)
	return at.Nano(), err
}
