package pg

import (
	"regexp"
	"strings"
	"sync"
)

// quotedPath finds a path in a message of PostgreSQL's, whose other words and whose
// quotes may be of any language. A path in the data directory begins with a dot.
var quotedPath = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`["'«»„“](\.?/[^"'«»„“”]+)["'«»“”]`)
})

// PathIn is the first path that a message of PostgreSQL's quotes; empty where it
// quotes none.
func PathIn(message string) string {
	if found := quotedPath().FindStringSubmatch(message); found != nil {
		return found[1]
	}
	return ""
}

// UnreadableDisk is what to do about a primary's disk that fails.
const UnreadableDisk = "Look for errors of its disk on the primary's host, dmesg | tail, and copy the data to a disk that works before anything else"

// UnreadableFix is what to do about a file or folder that the primary's server may
// not read. message is what that server said.
func UnreadableFix(message string) string {
	path := PathIn(message)
	switch {
	case strings.Contains(message, "Input/output error"):
		return UnreadableDisk
	case path == "":
		return "Look whom its files belong to: " + Master.ExecAs("root", `sh -c 'ls -la "$PGDATA"'`)
	}
	if strings.ContainsAny(path, "$`\\") {
		path = ShellWord(path)
	} else {
		path = `"` + path + `"` // which stays legible within the quotes around it
	}
	return "Move it out of the data directory where it is none of PostgreSQL's, or give it to the server: " +
		Master.ExecAs("root", "sh -c "+ShellWord(`cd "$PGDATA" && chown -R postgres: `+path+" && chmod -R u+rwX "+path))
}
