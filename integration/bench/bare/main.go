// Bare is the least that an entrypoint can do: it becomes postgres. Called by
// that name it plays the server, and ends.
package main

import (
	"os"
	"strings"
	"syscall"
)

func main() {
	if strings.HasSuffix(os.Args[0], "postgres") {
		return
	}
	err := syscall.Exec("/bench/postgres", []string{"postgres"}, os.Environ())
	os.Stderr.WriteString(err.Error() + "\n")
	os.Exit(1)
}
