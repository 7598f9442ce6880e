package pgconf

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// identMap is the map of pg_ident.conf through which our own commands log in.
const identMap = "pgreplica"

// ManagedHBA is the managed block of pg_hba.conf. The first line that matches a
// connection decides, and the block is before the user's lines, so it has lines
// for our own logins alone: the superuser at the socket, and the replication
// role from each address of allow. peer says whether our uid has a name, which
// the method peer needs. Without a role, or where allow is empty or none, there
// is no replication line. The addresses are written as they are given: config
// has them as pg_hba.conf wants them.
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

// InstalledHBA is the pg_hba.conf to place: the managed block, then the user's
// file whole and in order.
func InstalledHBA(block, userFile string) string { return prependBlock(block, userFile) }

// ManagedIdent is the managed block of pg_ident.conf: root and postgres of this
// container may log in as the superuser, and so may own, the user that the
// server runs as.
func ManagedIdent(superuser, own string) string {
	lines := []string{hbaLine(identMap, "root", hbaName(superuser)), hbaLine(identMap, "postgres", hbaName(superuser))}
	if own != "" && !MappedAnyway(own) {
		lines = append(lines, hbaLine(identMap, hbaName(own), hbaName(superuser)))
	}
	return markedBlock("who its commands log in as.", lines...)
}

// MappedAnyway says whether the block of pg_ident.conf names this user even
// where the server runs as another.
func MappedAnyway(user string) bool { return user == "root" || user == "postgres" }

// InstalledIdent is the pg_ident.conf to place: the managed block, then the
// user's file whole and in order.
func InstalledIdent(block, userFile string) string { return prependBlock(block, userFile) }

// hbaLine is a line of these fields. It is empty where a name holds a line
// break, which pg_hba.conf cannot express, not even in quotes.
func hbaLine(fields ...string) string {
	line := strings.Join(fields, " ")
	if strings.ContainsAny(line, "\n\r\x00") {
		return ""
	}
	return line + "\n"
}

var hbaKeywords = []string{"all", "sameuser", "samerole", "samegroup", "replication", "samehost", "samenet"}

// isPlainName says whether pg_hba.conf reads a name as it is, without quotes:
// ASCII letters, digits, _ and ., and - but not as the first.
func isPlainName(name string) bool {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '.' && r != '-'
	}
	return name != "" && name[0] != '-' && !strings.ContainsFunc(name, odd)
}

// hbaName writes a name for pg_hba.conf, with quotes where it needs them. In
// quotes a keyword, a comma, +, @ and # have no special meaning.
func hbaName(name string) string {
	if isPlainName(name) && !slices.Contains(hbaKeywords, name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// HasReplicationLine says whether a pg_hba.conf decides by itself who may
// replicate from another host. initdb's lines for the loopback do not count,
// nor does a line whose address was never filled in.
func HasReplicationLine(hba string) bool {
	return slices.ContainsFunc(hostLines(hba), func(h hostLine) bool {
		return slices.Contains(h.databases, hbaWord{text: "replication"}) && !isLoopback(h.address) && !placeholder().MatchString(h.address)
	})
}

// HBAPlaceholders warns of each line whose address was never filled in.
// PostgreSQL takes such a word for a host name and reports nothing.
func HBAPlaceholders(hba string) []string {
	var warnings []string
	for _, h := range hostLines(hba) {
		if placeholder().MatchString(h.address) {
			warnings = append(warnings, fmt.Sprintf("line %d: %s is not an address", h.number, h.address))
		}
	}
	return warnings
}

// placeholder matches IP_SERVER_SLAVE, <address> and ${ADDRESS}.
var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|[<>${}]`)
})

func isLoopback(address string) bool {
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

// HBAHosts are the host names that PostgreSQL looks up when a client connects.
func HBAHosts(hba string) []HBAHost {
	var hosts []HBAHost
	for _, h := range hostLines(hba) {
		name, _, block := strings.Cut(h.address, "/")
		keyword := slices.Contains(hbaKeywords, name)
		if !block && !keyword && addressFamily(name) == 0 && !strings.HasPrefix(name, ".") && !placeholder().MatchString(name) {
			hosts = append(hosts, HBAHost{h.number, name})
		}
	}
	return hosts
}
