package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgreplica/entrypoint/pg"
)

// Safety judges who can log in, and whether this major version still gets security
// fixes.
func Safety(s Seen) []Finding {
	var found []Finding
	if s.Inside != nil {
		found = append(found, trust(s), hbaFile(s), clientLogin(s), replicationSuperuser(s), guessable(s))
		if s.Mode == pg.Primary && s.Server != nil && !s.Server.InRecovery {
			found = append(found, passwordDiffers(s))
		}
	}
	if s.Inside == nil && s.Server != nil {
		found = append(found, Finding{"client-login", Unknown, "this server could not be looked into: its databases, its roles and who gets in are not known", "Look again, and into its log: " + s.Mode.Service().LogTail()})
	}
	if major := s.Major; major != 0 && !s.Now.IsZero() {
		found = append(found, versionEnd(major, s.Now))
	}
	return found
}

// trust finds lines of pg_hba.conf that let other machines in without a password.
func trust(s Seen) Finding {
	var lines []string
	for _, line := range s.Inside.HBA {
		if line.Method == "trust" && !isNear(line) {
			lines = append(lines, fmt.Sprintf("line %d lets %s in from %s", line.Line, line.Users, line.Address))
		}
	}
	method := "scram-sha-256"
	if len(s.Inside.MD5) > 0 {
		method = "md5" // which takes both
	}
	return finding("trust", levelIf(len(lines) > 0, Warning), "pg_hba.conf lets nobody in by network without a password",
		"pg_hba.conf trusts other machines: "+firstFew(lines), "Replace trust by "+method+" in it, then "+s.Mode.Service().Exec("pgreplica apply"))
}

// hbaFile finds lines of pg_hba.conf that PostgreSQL cannot read. A running server
// keeps the lines that it read before; a stopped one does not start.
func hbaFile(s Seen) Finding {
	var wrong []string
	for _, line := range s.Inside.HBA {
		if line.Error != "" {
			wrong = append(wrong, fmt.Sprintf("line %d: %s", line.Line, line.Error))
		}
	}
	return finding("hba-file", levelIf(len(wrong) > 0, Critical), "pg_hba.conf can be read",
		"PostgreSQL cannot read pg_hba.conf, and would not start: "+firstFew(wrong), "Correct it, then "+s.Mode.Service().Exec("pgreplica apply"))
}

func replicationSuperuser(s Seen) Finding {
	role := s.Wanted.Replicator
	return finding("replication-superuser", levelIf(slices.Contains(s.Inside.Superusers, role), Warning), "role "+role+" may replicate and is no superuser",
		"role "+role+" is a superuser: whoever has a standby's password has the primary as well",
		pg.Master.Psql(`ALTER ROLE "`+role+`" NOSUPERUSER`))
}

func guessable(s Seen) Finding {
	return finding("password-known", levelIf(len(s.Inside.Guessable) > 0, Warning), "no password is the role's own name or one that was published",
		"the password of "+strings.Join(s.Inside.Guessable, " and ")+" is the role's own name, or was published with the earlier project",
		"Choose another, which pgreplica settings --random prints: in .env for our own roles, then "+pg.All.Up()+" && "+pg.Master.Exec("pgreplica apply")+"; for another, "+pg.Master.Psql(`\password ROLE`))
}

// lastReleases are the days of the last release of each major version, from
// postgresql.org/support/versioning.
var lastReleases = map[int]time.Time{
	13: day(2025, time.November, 13), 14: day(2026, time.November, 12), 15: day(2027, time.November, 11),
	16: day(2028, time.November, 9), 17: day(2029, time.November, 8), 18: day(2030, time.November, 14),
}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func versionEnd(major int, now time.Time) Finding {
	const id = "version-eol"
	end, known := lastReleases[major]
	if !known {
		return Finding{ID: id, Level: Unknown, Text: fmt.Sprintf("PostgreSQL %d is a version that this program does not know", major),
			Fix: "See how long it is maintained: https://www.postgresql.org/support/versioning/"}
	}
	return finding(id, levelIf(now.After(end), Warning), fmt.Sprintf("PostgreSQL %d is maintained until %s", major, end.Format(time.DateOnly)),
		fmt.Sprintf("PostgreSQL %d gets no fixes since %s, not even of security holes", major, end.Format(time.DateOnly)),
		"Plan the change to a newer one. Start it beside this one, make up PG_MAJOR=17 in a new folder, and dump here: "+pg.Master.Pipe("pg_dumpall -U postgres > all.sql")+
			". Load that there, and give the roles the passwords of the new .env again: "+pg.Master.Pipe("psql -U postgres < all.sql")+" && "+pg.Master.Exec("pgreplica apply"))
}
