package doctor

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// An OtherPassword is a role of the environment whose password the server does not
// have.
type OtherPassword struct {
	Role   string
	Absent bool // the role does not exist
	Kept   bool // the role was there before this program was, and keeps its password
}

// passwordDiffers judges whether the roles of the environment have its passwords. A
// dump that was loaded brings its own, and nobody notices before the next login.
func passwordDiffers(s Seen) Finding {
	var texts, fixes []string
	level := Warning
	for _, other := range s.OtherPasswords {
		text, fix := "role "+other.Role+" has another password than the environment says", s.applyCommand()
		switch {
		case other.Absent:
			text = "role " + other.Role + " of the environment does not exist"
		case other.Kept:
			fix = pg.Master.Psql(`\password ` + other.Role)
		}
		if other.Role == s.Wanted.Replicator {
			text, level = text+", so that no standby can connect anew", Critical
		}
		texts = append(texts, text)
		if !slices.Contains(fixes, fix) {
			fixes = append(fixes, fix)
		}
	}
	return finding("password-differs", levelIf(len(texts) > 0, level), "each role of the environment has its password there",
		strings.Join(texts, "; "), "Give it the one of .env: "+strings.Join(fixes, " && ")+". Or write the one that it has into .env, then "+pg.All.Up())
}

// isNear says whether a line of pg_hba.conf is for this machine alone.
func isNear(line pg.HBALine) bool {
	return strings.HasPrefix(line.Address, "127.") || slices.Contains([]string{"::1", "localhost", "samehost"}, line.Address)
}

// clientLogin judges whether pg_hba.conf lets clients of other machines in: whether
// it has a line for them, and whether the lines take the passwords as they are
// stored.
func clientLogin(s Seen) Finding {
	const id = "client-login"
	switch {
	case s.Inside.Hidden:
		return Finding{id, Unknown, "the role that looks may not read pg_hba.conf and the stored passwords",
			"Set POSTGRES_USER to a superuser of this cluster: " + s.Mode.Service().Exec(`psql -U `+orPostgres(s.Inside.Bootstrap)+` -c '\du'`)}
	case !slices.ContainsFunc(s.Inside.HBA, letsClientsIn):
		edit := "Write host all all all md5 as the last line of the mounted pg_hba.conf, then "
		if !s.hasMountedHBA() {
			edit = s.Mode.Service().Exec(`sh -c `+pg.ShellWord(`echo host all all all md5 >> "$PGDATA/pg_hba.conf"`)) + " && "
		}
		return Finding{id, Warning, "pg_hba.conf lets in no client of another machine", edit + s.applyCommand()}
	}
	var clients, replicators []refusedRole
	for _, role := range s.Inside.MD5 {
		refused := refusalOf(role, s.Inside.HBA)
		switch {
		case len(refused.lines) == 0:
		case role.Replicates:
			replicators = append(replicators, refused)
		default:
			clients = append(clients, refused)
		}
	}
	switch {
	case len(clients) > 0:
		return clientRefusal(s, id, clients)
	case len(replicators) > 0:
		return Finding{id, refusalLevel(replicators), refusalText(replicators), "Store the password of the primary's .env anew: " + pg.Master.Exec("pgreplica apply") +
			". That of another role: " + pg.Master.Psql(`\password `+replicators[0].name)}
	}
	return Finding{ID: id, Text: "pg_hba.conf takes each password as it is stored"}
}

func letsClientsIn(line pg.HBALine) bool {
	return line.Error == "" && !line.Never && !isNear(line) && line.Method != "reject" && isFor(line, false)
}

// clientRefusal is the finding for roles of clients. The line is changed rather than
// the passwords, which nobody can read and everybody uses.
func clientRefusal(s Seen, id string, refused []refusedRole) Finding {
	edit := "Write md5, which takes both, in place of scram-sha-256 in that line of the mounted pg_hba.conf, then "
	if !s.hasMountedHBA() {
		var script []string
		for _, line := range linesOf(refused) {
			script = append(script, fmt.Sprintf("%ds/scram-sha-256/md5/", line.Line))
		}
		edit = "Have that line say md5, which takes both: " + s.Mode.Service().Exec(`sh -c `+pg.ShellWord(`sed -i "`+strings.Join(script, ";")+`" "$PGDATA/pg_hba.conf"`)) + " && "
	}
	if s.storesSCRAM() {
		edit = "Give each role its password anew, which stores it as SCRAM: " + pg.Master.Psql(`\password `+refused[0].name) + ". Or keep the passwords. " + edit
	}
	return Finding{id, refusalLevel(refused), refusalText(refused), edit + s.applyCommand()}
}

// storesSCRAM says whether the primary stores a new password as SCRAM.
func (s Seen) storesSCRAM() bool {
	settings := s.Inside.Settings
	if s.Upstream != nil {
		settings = s.Upstream.Settings
	}
	return settings["password_encryption"] == "scram-sha-256"
}

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

// hasMountedHBA says whether a person edits a mounted pg_hba.conf, and not the one
// in the data directory.
func (s Seen) hasMountedHBA() bool {
	return slices.ContainsFunc(s.Files, func(f File) bool { return f.Name == "pg_hba.conf" })
}

func (s Seen) applyCommand() string { return s.Mode.Service().Exec("pgreplica apply") }
