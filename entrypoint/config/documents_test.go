package config

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"

	"pgreplica/integration/golden"
)

// make docs writes the pages that these tests compare.

const configurationPage = "../../docs/configuration.md"

const pageHead = `# Configuration

Every variable that a container reads. This page is made from the program (` + "`make docs`" + `); ` + "`pgreplica settings`" + ` prints the same:

    docker compose exec master pgreplica settings

An empty variable counts as unset. *First start* means that it counts when the data directory is made, and changes nothing later; *each
start* that a change needs ` + "`docker compose up -d`" + `, which makes the container anew; a restart keeps the old environment. Lengths of time and
sizes are written as in PostgreSQL: ` + "`30s`, `10min`, `1h`, `64MB`" + `. All mistakes are told at once, and nothing starts until they are
corrected.

A variable with *file* may be given as a file: ` + "`REPLICATION_PASSWORD_FILE=/run/secrets/replication`" + ` holds the value of
` + "`REPLICATION_PASSWORD`" + `. The compose files pass every password on so, and no password is ever printed.

**In a compose file** write settings into ` + "`.env`" + ` beside it; ` + "`.env.example`" + ` there lists those that it passes on. One that it does not pass on,
and one that needs a volume of its own, is written into ` + "`compose.override.yaml`" + `, which compose reads by itself:

    services:
      master:
        environment:
          POSTGRES_INITDB_WALDIR: /wal
        volumes: ["wal:/wal"]
    volumes:
      wal:

[Migrating](migrating.md) says what the names of the earlier scripts and of Bitnami's image have become.
`

func TestTheDocumentsOfTheConfiguration(t *testing.T) {
	var files []composeFile
	for _, folder := range []string{"", "master", "slave"} {
		files = append(files, readCompose(t, folder))
	}
	var out strings.Builder
	out.WriteString(pageHead)
	for _, group := range []struct{ mode, title string }{
		{"both", "Both servers"}, {"primary", "The primary"}, {"standby", "The standby"},
	} {
		fmt.Fprintf(&out, "\n## %s\n\n| Variable | Default | Read at | Meaning |\n|---|---|---|---|\n", group.title)
		for _, s := range Settings() {
			if s.Mode == group.mode {
				writeRow(&out, s, files)
			}
		}
	}
	out.WriteString("\n## The compose files alone\n\nThese reach no container: compose reads them in `.env`.\n\n| Variable | Default | Meaning |\n|---|---|---|\n")
	for _, s := range onlyComposes {
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", s.Name, inFiles(s, files), inCode(inWords(s)))
	}
	golden.Compare(t, configurationPage, out.String())
}

func writeRow(out *strings.Builder, s Setting, files []composeFile) {
	name := "`" + s.Name + "`"
	switch {
	case s.Secret:
		name += ", secret, file"
	case s.File:
		name += ", file"
	}
	usual := inCode(s.Default)
	if s.Literal != "" {
		usual = "`" + s.Literal + "`"
	}
	meaning := inCode(inWords(s))
	if len(s.Aliases) > 0 {
		meaning += " Other names: `" + strings.Join(s.Aliases, "`, `") + "`."
	}
	if given := inFiles(s, files); given != "" && s.Name != "PG_MAJOR" {
		usual += "; " + given
	}
	fmt.Fprintf(out, "| %s | %s | %s start | %s |\n", name, usual, strings.Replace(s.Read, "start", "each", 1), meaning)
}

// inFiles lists the defaults in the compose files, where they differ from the
// program's own.
func inFiles(s Setting, files []composeFile) string {
	var each []string
	values, readers := map[string]bool{}, 0
	for _, f := range files {
		if _, read := f.defaults[s.Name]; read {
			readers++
		}
		if value := f.defaults[s.Name]; value != "" && value != s.Literal {
			values[value] = true
			each = append(each, "`"+value+"` in `"+path.Join("compose", f.folder)+"`")
		}
	}
	if len(values) == 1 && len(each) > 1 && len(each) == readers {
		each[0], _, _ = strings.Cut(each[0], " in ")
		each = each[:1]
	}
	return strings.Join(each, "; ")
}

// code matches what a person would type, in the meaning of a setting.
var code = regexp.MustCompile(`[A-Z]+_[A-Z_]+|--[a-z-]+(=[\w-]+(\.[\w-]+)*)?|\w+\.conf|\w+-<[^>]*>|\w*_<[^>]*>|/[\w/]*\w|ALTER ROLE`)

func inCode(text string) string { return code.ReplaceAllString(text, "`$0`") }
