package pgconf

import (
	"os"
	"strings"
)

// LocalHBA is what initdb writes: who is in the container is trusted.
const LocalHBA = `local all all trust
host all all 127.0.0.1/32 trust
host all all ::1/128 trust
local replication all trust
host replication all 127.0.0.1/32 trust
host replication all ::1/128 trust
`

// ConfWithoutPaths comments out what names a file or a folder that is not
// there, of the kinds that PostgreSQL does without: a file to include, and
// another place for pg_hba.conf and pg_ident.conf. It names each line. The data
// lies in dir, and will be in final.
func ConfWithoutPaths(conf, dir, final string) (out string, left []string) {
	var kept strings.Builder
	for line := range strings.Lines(conf) {
		name, value := setting(line)
		switch name {
		case "include", "include_dir", "hba_file", "ident_file":
			if _, err := os.Stat(placeOf(unquoted(value), dir, final)); err != nil {
				left = append(left, strings.TrimSpace(line))
				line = "#pgreplica: not there: " + line
			}
		}
		kept.WriteString(line)
	}
	return kept.String(), left
}

// ElsewhereByArgs says whether the arguments of postgres have it read another
// file than the one of that name in the data directory.
func ElsewhereByArgs(args []string, file string) bool {
	names := map[string]string{"postgresql.conf": "config_file", "pg_hba.conf": "hba_file", "pg_ident.conf": "ident_file"}
	for _, g := range argSettings(args) {
		if g.name == names[file] {
			return true
		}
	}
	return false
}
