package provision

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"pgreplica/entrypoint/pgconf"
)

// What postgres -C says of a line, compiled where it is first needed.
var (
	atLine    = lazily(`in file "([^"]*)" line (\d+)`)
	parameter = lazily(`parameter "([^"]*)"`)
	nearToken = lazily(`, near token ".*"|: ".*"$`)
	private   = lazily(`(?i)passw|secret|key|conninfo`)
)

func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// explainConf turns what postgres says of a candidate into what stands in the
// mounted file. It leaves out what may be a secret.
func explainConf(said, candidate, text, block string) string {
	line := 0
	if at := atLine().FindStringSubmatch(said); at != nil && at[1] == candidate {
		line, _ = strconv.Atoi(at[2])
		said = strings.TrimSpace(strings.Replace(said, at[0], "", 1))
		said = strings.ReplaceAll(said, " ,", ",")
	}
	return atMountedLine(text, block, line, said)
}

// atMountedLine puts the number of a line of the mounted file before what was said
// of it. line is its number in the installed file, which begins with block; where
// that is 0 the line is found by the parameter that said names.
func atMountedLine(text, block string, line int, said string) string {
	number := pgconf.MountedLine(block, text, line)
	if name := parameter().FindStringSubmatch(said); name != nil && number == 0 {
		number = pgconf.LineOf(text, name[1])
	}
	if number == 0 || private().MatchString(pgconf.Line(text, number)) { // the line of another file is not known, and may hold a secret
		said = nearToken().ReplaceAllString(said, "")
	}
	if number == 0 {
		return said
	}
	return fmt.Sprintf("line %d: %s", number, said)
}
