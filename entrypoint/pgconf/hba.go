package pgconf

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// identMap is the map of pg_ident.conf through which our commands log in.
const identMap = "pgreplica"

// ManagedHBA is our block of pg_hba.conf. It stands first, so it names only
// what is ours: the superuser at the socket, where peer says that our uid has
// a name to be known by, and the replication role from each allowed place. An
// empty role, or nothing or none allowed, gives no replication line. The places
// are written as they are given: config has them as pg_hba.conf wants them.
func ManagedHBA(superuser string, peer bool, replicationUser string, allow []string) string {
	var lines []string
	if peer {
		lines = append(lines, hbaLine("local", "all", hbaName(superuser), "peer", "map="+identMap))
	}
	for _, from := range allow {
		if replicationUser != "" && from != "" && from != "none" {
			lines = append(lines, hbaLine("host", "replication", hbaName(replicationUser), from, "scram-sha-256"))
		}
	}
	return markedBlock("only its own logins. Yours are below.", lines...)
}

// InstalledHBA is the pg_hba.conf to place: our block, then the user's file
// whole and in order.
func InstalledHBA(block, users string) string { return installed(block, users) }

// ManagedIdent is our block of pg_ident.conf: root and postgres of this
// container are the superuser, and so is the user that its server runs as.
func ManagedIdent(superuser, own string) string {
	lines := []string{hbaLine(identMap, "root", hbaName(superuser)), hbaLine(identMap, "postgres", hbaName(superuser))}
	if own != "" && !MappedAnyway(own) {
		lines = append(lines, hbaLine(identMap, hbaName(own), hbaName(superuser)))
	}
	return markedBlock("who its commands log in as.", lines...)
}

// MappedAnyway says whether every block of pg_ident.conf names this user.
func MappedAnyway(user string) bool { return user == "root" || user == "postgres" }

// InstalledIdent is the pg_ident.conf to place: our block, then the user's
// file whole and in order.
func InstalledIdent(block, users string) string { return installed(block, users) }

// hbaLine is a line of these fields. A name that holds a line break cannot be
// written, quotes or not, and gets no line.
func hbaLine(fields ...string) string {
	line := strings.Join(fields, " ")
	if strings.ContainsAny(line, "\n\r\x00") {
		return ""
	}
	return line + "\n"
}

var hbaKeyword = []string{"all", "sameuser", "samerole", "samegroup", "replication", "samehost", "samenet"}

// plainName says whether pg_hba.conf reads a name as it is: ASCII letters,
// digits, _ and ., and - behind the first.
func plainName(name string) bool {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '.' && r != '-'
	}
	return name != "" && name[0] != '-' && !strings.ContainsFunc(name, odd)
}

// hbaName is a name as pg_hba.conf reads it. Quotes take the meaning from a
// keyword, a comma, a +, an @ and a #.
func hbaName(name string) string {
	if plainName(name) && !slices.Contains(hbaKeyword, name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// HasReplicationLine says whether a pg_hba.conf decides by itself who may
// replicate from another host. initdb's lines for the loopback do not, nor
// does a line whose address was never filled in.
func HasReplicationLine(hba string) bool {
	return slices.ContainsFunc(hostLines(hba), func(h hostLine) bool {
		return slices.Contains(h.databases, hbaWord{text: "replication"}) && !loopback(h.address) && !placeholder().MatchString(h.address)
	})
}

// HBAPlaceholders names each line whose address was never filled in.
// PostgreSQL takes such a word for a host name and says nothing.
func HBAPlaceholders(hba string) []string {
	var warnings []string
	for _, h := range hostLines(hba) {
		if placeholder().MatchString(h.address) {
			warnings = append(warnings, fmt.Sprintf("line %d: %s is not an address", h.number, h.address))
		}
	}
	return warnings
}

// IP_SERVER_SLAVE, <address>, ${ADDRESS}.
var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|[<>${}]`)
})

func loopback(address string) bool {
	number, _, _ := strings.Cut(address, "/")
	ip, err := netip.ParseAddr(number)
	return address == "samehost" || address == "localhost" || err == nil && ip.IsLoopback()
}

// A hostLine is a line of pg_hba.conf for connections over TCP.
type hostLine struct {
	number    int
	databases []hbaWord
	address   string
}

var hostTypes = []string{"host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"}

func hostLines(hba string) []hostLine {
	var lines []hostLine
	number := 0
	for line := range strings.Lines(hba) {
		number++
		if !strings.HasPrefix(strings.TrimLeft(line, " \t"), "host") {
			continue // most lines are comments
		}
		fields := hbaFields(line)
		if len(fields) > 3 && slices.Contains(hostTypes, fields[0][0].text) {
			lines = append(lines, hostLine{number, fields[1], fields[3][0].text})
		}
	}
	return lines
}

// An HBAHost is a host name in a pg_hba.conf.
type HBAHost struct {
	Line int
	Name string
}

// HBAHosts are the host names that PostgreSQL looks up when somebody connects.
func HBAHosts(hba string) []HBAHost {
	var hosts []HBAHost
	for _, h := range hostLines(hba) {
		name, _, block := strings.Cut(h.address, "/")
		keyword := slices.Contains(hbaKeyword, name)
		if !block && !keyword && addressFamily(name) == 0 && !strings.HasPrefix(name, ".") && !placeholder().MatchString(name) {
			hosts = append(hosts, HBAHost{h.number, name})
		}
	}
	return hosts
}
