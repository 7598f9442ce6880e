package pg

import (
	"regexp"
	"strings"
	"sync"
)

// packaged finds deb11u4, pgdg110+1, pgdg13+1 and pgdg22.04+1 in a version.
var packaged = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:deb|pgdg)(\d+(?:\.\d+)?)`) })

// BuiltOn is what a server's version says of the distribution that it was built
// on: 17.5 (Debian 17.5-1.pgdg120+1) is Debian 12. Alpine's says nothing.
func BuiltOn(version string) string {
	match := packaged().FindStringSubmatch(version)
	switch {
	case match == nil:
		return ""
	case strings.Contains(match[1], "."):
		return "Ubuntu " + match[1]
	case len(match[1]) == 3: // 120 is 12, with a place for what never came
		return "Debian " + match[1][:2]
	}
	return "Debian " + match[1]
}

// RunsOn is the same of the distribution that an os-release file names, as far
// as versions of PostgreSQL tell distributions apart; "" is any other.
func RunsOn(release string) string {
	values := map[string]string{}
	for line := range strings.Lines(release) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name] = strings.Trim(value, `"'`)
	}
	switch version := values["VERSION_ID"]; {
	case version == "": // Debian's testing, where the version of PostgreSQL says nothing either
		return ""
	case values["ID"] == "debian":
		return "Debian " + version
	case values["ID"] == "ubuntu":
		return "Ubuntu " + version
	}
	return ""
}
