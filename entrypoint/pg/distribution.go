package pg

import (
	"regexp"
	"strings"
	"sync"
)

// packaged finds the distribution in a version: deb11u4, pgdg110+1, pgdg13+1 or
// pgdg22.04+1.
var packaged = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:deb|pgdg)(\d+(?:\.\d+)?)`) })

// BuiltOn is the distribution that a server was built on, read from its version:
// 17.5 (Debian 17.5-1.pgdg120+1) is "Debian 12". It is empty where the version does
// not say, as on Alpine.
func BuiltOn(version string) string {
	match := packaged().FindStringSubmatch(version)
	switch {
	case match == nil:
		return ""
	case strings.Contains(match[1], "."):
		return "Ubuntu " + match[1]
	case len(match[1]) == 3: // up to Debian 12 the packages count in tens: 120 is 12
		return "Debian " + match[1][:2]
	}
	return "Debian " + match[1]
}

// RunsOn is the distribution that the text of an os-release file names, in the words
// of BuiltOn. It is empty for any other than Debian and Ubuntu.
func RunsOn(release string) string {
	values := map[string]string{}
	for line := range strings.Lines(release) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name] = strings.Trim(value, `"'`)
	}
	switch version := values["VERSION_ID"]; {
	case version == "": // Debian testing, which has no number yet
		return ""
	case values["ID"] == "debian":
		return "Debian " + version
	case values["ID"] == "ubuntu":
		return "Ubuntu " + version
	}
	return ""
}
