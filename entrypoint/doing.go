package entrypoint

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// doingFile says what a start does while no server runs yet: the process, a
// line for people, and by its age since when. It is not on the volume.
const doingFile = runDir + "/doing"

// note leaves a word for healthcheck. Whoever misses it misses a line of text
// or a grace, and nothing else, so that no work ends for it.
func note(file, word string) { _ = os.WriteFile(file, []byte(word), 0o600) }

// doing notes what this process does now.
func doing(what string) { note(doingFile, fmt.Sprintf("%d\n%s\n", os.Getpid(), what)) }

// beginWork makes the folder that doing writes to, and writes over what an
// earlier start of this container said.
func beginWork() {
	_ = os.Mkdir(runDir, 0o700)
	doing("looking at the volume")
}

// stale is when a line about work that goes on has become suspicious.
const stale = time.Minute

// underWay is what a start that runs in this container says that it does. It
// is nothing once that process has become postgres, or has ended.
func underWay(file, proc string) (what string, found bool) {
	info, errStat := os.Stat(file)
	text, err := os.ReadFile(file)
	process, what, _ := strings.Cut(string(text), "\n")
	if errors.Join(errStat, err) != nil || !isEntrypoint(proc, process) {
		return "", false
	}
	if !strings.HasSuffix(what, "\n") { // it is being written
		return "preparing the server", true
	}
	what = strings.TrimSpace(what)
	if age := time.Since(info.ModTime()); age > stale {
		what += ", for " + age.Round(time.Second).String()
	}
	return what, true
}

// isEntrypoint tells this program from the postgres that it becomes.
func isEntrypoint(proc, process string) bool {
	if _, err := strconv.Atoi(process); err != nil {
		return false
	}
	name, err := os.ReadFile(proc + "/" + process + "/comm")
	return err == nil && strings.TrimSpace(string(name)) == "pgreplica"
}
