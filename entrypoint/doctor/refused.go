package doctor

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A refusedRole is a role whose stored password some lines do not take.
type refusedRole struct {
	name  string
	lines []pg.HBALine
	open  bool // another line lets it in, from other places or to other databases
}

// refusalOf finds the lines that decide on a role's connections from other machines
// and do not take its password. The first line that fits decides, so that a line
// which an earlier one covers does not count.
func refusalOf(role pg.MD5Role, lines []pg.HBALine) refusedRole {
	refused := refusedRole{name: role.Name}
	var before []pg.HBALine
	for _, line := range lines {
		if line.Error != "" || line.Never || isNear(line) || !isFor(line, role.Replicates) || !fits(role, line) ||
			slices.ContainsFunc(before, func(earlier pg.HBALine) bool { return covers(earlier, line, role.Replicates) }) {
			continue
		}
		before = append(before, line)
		switch line.Method {
		case "scram-sha-256":
			refused.lines = append(refused.lines, line)
		case "reject":
		default:
			refused.open = true
		}
	}
	return refused
}

// isFor says whether a line is for replication, or for logins to a database.
func isFor(line pg.HBALine, replication bool) bool {
	return slices.ContainsFunc(line.Databases, func(database string) bool { return (database == "replication") == replication })
}

// fits says whether a line is for a role.
func fits(role pg.MD5Role, line pg.HBALine) bool {
	return slices.ContainsFunc(line.Roles, func(word string) bool {
		group, isGroup := strings.CutPrefix(word, "+")
		pattern, isPattern := strings.CutPrefix(word, "/")
		switch {
		case isGroup:
			return slices.Contains(role.Groups, group)
		case isPattern: // from 16 on; what cannot be read here may fit
			matches, err := regexp.MatchString(pattern, role.Name)
			return err != nil || matches
		}
		return word == "all" || word == role.Name
	})
}

// covers says whether an earlier line for the same role decides on each connection
// that a line is for. Of two networks it is not known.
func covers(earlier, line pg.HBALine, replication bool) bool {
	everywhere := earlier.Address == "all" || earlier.Netmask == "0.0.0.0" && strings.Contains(line.Netmask, ".") || earlier.Netmask == "::" && strings.Contains(line.Netmask, ":")
	without := func(database string) bool { return !slices.Contains(earlier.Databases, database) }
	databases := replication || slices.Contains(earlier.Databases, "all") || !slices.ContainsFunc(line.Databases, without)
	return (earlier.Type == "host" || earlier.Type == line.Type) && databases &&
		(everywhere || earlier.Address == line.Address && earlier.Netmask == line.Netmask)
}

func refusalLevel(refused []refusedRole) Level {
	open := func(r refusedRole) bool { return r.open }
	return worseLevelIf(true, Warning, !slices.ContainsFunc(refused, open), Critical)
}

func refusalText(refused []refusedRole) string {
	var names, lines []string
	for _, r := range refused {
		names = append(names, r.name)
	}
	for _, line := range linesOf(refused) {
		lines = append(lines, fmt.Sprintf("line %d of pg_hba.conf, scram-sha-256 from %s", line.Line, line.Address))
	}
	return "the password of " + firstFew(names) + " is stored as md5, which is not taken by " + firstFew(lines) + ": no such login succeeds"
}

// linesOf are the lines that do not take the roles' passwords, each once.
func linesOf(refused []refusedRole) (lines []pg.HBALine) {
	for _, r := range refused {
		for _, line := range r.lines {
			if !slices.ContainsFunc(lines, func(other pg.HBALine) bool { return other.Line == line.Line }) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}
