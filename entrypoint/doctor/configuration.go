package doctor

import (
	"fmt"
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A Remark is something wrong, or possibly wrong, with a variable of the
// environment.
type Remark struct {
	ID, Text, Fix string
	Mistake       bool // no server starts with such an environment
}

// Wanted is the cluster that the environment asks for. All but Replicator, the role
// that standbys log in as, counts only when the cluster is created.
type Wanted struct{ User, Database, InitDBArgs, Replicator string }

// Configuration judges the environment.
func Configuration(s Seen) []Finding {
	var found []Finding
	for _, r := range s.Remarks {
		level := Warning
		if r.Mistake {
			level = Critical
		}
		if s.Inside == nil || r.ID != "trust" && r.ID != "password-known" { // Safety checks these two in the server itself
			found = append(found, Finding{r.ID, level, r.Text, r.Fix})
		}
	}
	for _, check := range []Finding{
		{ID: "env-unknown", Text: "every variable that looks like one of ours is one"},
		{ID: "env-both-file", Text: "no variable is given twice, as a value and as a file"},
		{ID: "env-placeholder", Text: "no variable holds a placeholder"},
		{ID: "env-value", Text: "every variable has a value that can be used"},
	} {
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.ID == check.ID }) {
			found = append(found, check)
		}
	}
	if s.Inside != nil && s.Server != nil && !s.Server.InRecovery {
		found = append(found, firstStart(s))
	}
	return found
}

// firstStart finds variables that count only when a cluster is created, and differ
// from what this cluster was created with.
func firstStart(s Seen) Finding {
	var differs []string
	is := func(variable, want, have string) {
		if want != "" && have != "" && !sameWord(want, have) {
			differs = append(differs, fmt.Sprintf("%s says %s, the cluster has %s", variable, want, have))
		}
	}
	is("POSTGRES_USER", s.Wanted.User, s.Inside.Bootstrap)
	if !slices.Contains(s.Inside.Databases, s.Wanted.Database) && s.Wanted.Database != "" {
		differs = append(differs, fmt.Sprintf("POSTGRES_DB says %s, the cluster has no such database", s.Wanted.Database))
	}
	args := initdbArgs(s.Wanted.InitDBArgs)
	is("POSTGRES_INITDB_ARGS (checksums)", args["checksums"], s.Inside.Settings["data_checksums"])
	is("POSTGRES_INITDB_ARGS (encoding)", args["encoding"], s.Inside.Settings["server_encoding"])
	is("POSTGRES_INITDB_ARGS (wal-segsize)", args["wal-segsize"], strings.TrimSuffix(s.Inside.Settings["wal_segment_size"], "MB"))
	if len(differs) == 0 {
		return Finding{ID: "env-first-start", Text: "the cluster is what the variables of its first start ask for"}
	}
	return Finding{"env-first-start", Warning, strings.Join(differs, "; ") + ": these count only when a cluster is made, and change nothing now",
		"Set them to what the cluster has. A database can be made by hand: " + pg.Master.Exec("createdb -U "+orPostgres(s.Inside.Bootstrap)+" NAME")}
}

// initdbArgs reads the arguments of initdb that can be compared with a setting of
// the cluster: checksums, encoding and wal-segsize.
func initdbArgs(text string) map[string]string {
	args, words := map[string]string{}, strings.Fields(strings.ReplaceAll(text, "=", " "))
	for i, word := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch word {
		case "-k", "--data-checksums":
			args["checksums"] = "on"
		case "--no-data-checksums":
			args["checksums"] = "off"
		case "-E", "--encoding":
			args["encoding"] = next
		case "--wal-segsize":
			args["wal-segsize"] = next
		}
	}
	return args
}

// sameWord compares two values as PostgreSQL compares names of encodings: utf-8 is
// UTF8.
func sameWord(a, b string) bool {
	plain := strings.NewReplacer("-", "", "_", "")
	return strings.EqualFold(plain.Replace(a), plain.Replace(b))
}

func orPostgres(role string) string {
	if role == "" {
		return "postgres"
	}
	return role
}
