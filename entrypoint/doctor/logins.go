package doctor

import (
	"fmt"
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

// hasMountedHBA says whether a person edits a mounted pg_hba.conf, and not the one
// in the data directory.
func (s Seen) hasMountedHBA() bool {
	return slices.ContainsFunc(s.Files, func(f File) bool { return f.Name == "pg_hba.conf" })
}

func (s Seen) applyCommand() string { return s.Mode.Service().Exec("pgreplica apply") }
