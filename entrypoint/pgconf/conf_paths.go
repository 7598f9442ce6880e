package pgconf

import (
	"os"
	"strings"
)

// LocalHBA is what initdb writes: every login from inside the container is
// trusted.
const LocalHBA = `local all all trust
host all all 127.0.0.1/32 trust
host all all ::1/128 trust
local replication all trust
host replication all 127.0.0.1/32 trust
host replication all ::1/128 trust
`

// ConfWithoutMissingFiles comments out each line that names a file or a folder which
// does not exist and which PostgreSQL does without: a file to include, or
// another place for pg_hba.conf and pg_ident.conf. dropped are these lines. The
// data directory is in dir now, and will be in final.
func ConfWithoutMissingFiles(conf, dir, final string) (out string, dropped []string) {
	var kept strings.Builder
	for line := range strings.Lines(conf) {
		name, value := setting(line)
		switch name {
		case "include", "include_dir", "hba_file", "ident_file":
			if _, err := os.Stat(resolvePath(unquoted(value), dir, final)); err != nil {
				dropped = append(dropped, strings.TrimSpace(line))
				line = "#pgreplica: not there: " + line
			}
		}
		kept.WriteString(line)
	}
	return kept.String(), dropped
}

// ConfWithoutPlace comments out what says where a server is reached on its own host:
// at other addresses than all, on another port than 5432, at a socket of another
// folder. dropped are these lines. A copy of it is reached elsewhere, and listens at
// each address in place of the primary's.
func ConfWithoutPlace(conf string) (out string, dropped []string) {
	const mark = "#pgreplica: only the primary's host's: "
	var kept strings.Builder
	for line := range strings.Lines(conf) {
		name, value := setting(line)
		if !onlyThePrimarysHost(name, unquoted(value)) {
			kept.WriteString(line)
			continue
		}
		dropped = append(dropped, strings.TrimSpace(line))
		if kept.WriteString(mark + line); name == "listen_addresses" {
			kept.WriteString(lineEnd(line) + "listen_addresses = '*'\n") // without it PostgreSQL listens at localhost
		}
	}
	return kept.String(), dropped
}

func onlyThePrimarysHost(name, value string) bool {
	switch name {
	case "listen_addresses":
		return value != "*"
	case "port":
		return value != "5432"
	case "unix_socket_directories":
		return value != "/var/run/postgresql"
	case "external_pid_file":
		return value != ""
	}
	return false
}

// lineEnd is the line break that a last line may lack.
func lineEnd(line string) string {
	if strings.HasSuffix(line, "\n") {
		return ""
	}
	return "\n"
}

// ElsewhereByArgs says whether the arguments of postgres make it read another
// file in place of this one in the data directory.
func ElsewhereByArgs(args []string, file string) bool {
	names := map[string]string{"postgresql.conf": "config_file", "pg_hba.conf": "hba_file", "pg_ident.conf": "ident_file"}
	for _, g := range argSettings(args) {
		if g.name == names[file] {
			return true
		}
	}
	return false
}
