// Bare is the least that an entrypoint can do: it becomes postgres. Called by
// the name postgres it plays that program, and only says when it began.
package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func main() {
	if !strings.HasSuffix(os.Args[0], "postgres") {
		err := syscall.Exec("/bench/postgres", []string{"postgres"}, os.Environ())
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	var began unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &began) != nil {
		os.Exit(1)
	}
	os.Stdout.WriteString("\n" + strconv.FormatInt(began.Nano(), 10) + "\n")
}
