package doctor

import (
	"fmt"
	"regexp"
	"strings"
)

// publishedPort is the port of the container that the shipped compose files publish.
const publishedPort = 5432

// Reach is what came of connecting to this server at its own addresses.
type Reach struct {
	Addresses []string // with the port, as they were tried
	Answers   bool     // the last of them answers
}

// Clients judges whether clients would get in: whether each database opens, and
// whether the server listens where they come.
func Clients(s Seen) []Finding {
	if s.Inside == nil || s.Server == nil {
		return nil
	}
	found := []Finding{databases(s)}
	if s.Reach != nil {
		found = append(found, listening(s))
	}
	return found
}

// databases judges whether each database opens.
func databases(s Seen) Finding {
	var closed, unknown []string
	locale := ""
	for _, d := range s.Inside.Unopened {
		text := d.Name + " (" + d.Why + ")"
		if d.Unknown {
			unknown = append(unknown, text)
			continue
		}
		closed = append(closed, text)
		if missing := missingLocale.FindStringSubmatch(d.Why); missing != nil && locale == "" {
			locale = missing[1]
		}
	}
	const id, good = "databases", "each database can be opened"
	service := s.Mode.Service()
	switch {
	case locale != "":
		language, _, _ := strings.Cut(locale, ".")
		return finding(id, Critical, good, "not every database can be opened here: "+firstFew(closed),
			fmt.Sprintf("This image lacks the locale. Write RUN localedef -i %s -f %s %s below FROM postgres in Dockerfile.%s, then %s", language, charset(locale), locale, service, service.Rebuild()))
	case len(closed) > 0:
		return finding(id, Critical, good, "not every database can be opened here: "+firstFew(closed), "PostgreSQL says more in the log: "+service.LogTail())
	}
	return finding(id, levelIf(len(unknown) > 0, Unknown), good, "whether each database can be opened is not known: "+firstFew(unknown), "Ask again when there is less to do: "+service.Exec("pgreplica doctor"))
}

// missingLocale finds the locale in what PostgreSQL says of a database whose locale
// the C library does not know.
var missingLocale = regexp.MustCompile(`LC_(?:COLLATE|CTYPE) "([A-Za-z0-9_.@-]+)"`)

// charset is the character set of a locale, as localedef calls it.
func charset(locale string) string {
	_, name, _ := strings.Cut(locale, ".")
	if name == "" || sameWord(name, "UTF8") {
		return "UTF-8"
	}
	return name
}

// listening judges where the server takes connections. A port other than 5432 is one
// that no published port leads to, unless somebody said on the command line or in
// the environment that it is wanted.
func listening(s Seen) Finding {
	const id = "listening"
	l, service := s.Inside.Listening, s.Mode.Service()
	switch {
	case !s.Reach.Answers:
		return Finding{id, Warning, fmt.Sprintf("nobody gets in by network: listen_addresses is %s, and %s does not answer", orNothing(l.Addresses), firstFew(s.Reach.Addresses)),
			alterAndRestartCommand(service, "listen_addresses = '*'")}
	case l.Port != publishedPort && l.PortFrom != "command line" && l.PortFrom != "environment variable":
		return Finding{id, Warning, fmt.Sprintf("the server listens on port %d, and the published port leads to %d", l.Port, publishedPort),
			fmt.Sprintf("If this port is meant, and published, say so in the compose file, command: postgres -c port=%d. Otherwise: %s", l.Port, alterAndRestartCommand(service, fmt.Sprint("port = ", publishedPort)))}
	}
	return Finding{ID: id, Text: fmt.Sprintf("clients reach the server by network, on port %d", l.Port)}
}

func orNothing(setting string) string {
	if setting == "" {
		return "empty"
	}
	return setting
}
