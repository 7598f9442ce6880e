package pgctl

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pgreplica/entrypoint/pg"
)

// An InitDB describes the cluster that Run makes.
type InitDB struct {
	Dir       string // the data directory, which must not exist yet
	Superuser string
	WALDir    string // the folder for pg_wal, which must not exist yet; empty: pg_wal stays in Dir
	Args      string // more arguments for initdb, quoted as for a shell
}

// Run makes the cluster with initdb, and leaves it to the caller to sync it.
// The cluster has data checksums, so that pg_rewind can be used on it later.
func (i InitDB) Run(ctx context.Context, onLine LineFunc) error {
	more, err := shellWords(i.Args)
	if err != nil {
		return fmt.Errorf("POSTGRES_INITDB_ARGS: %w", err)
	}
	// --auth=trust only keeps initdb from a warning: pg_hba.conf is replaced
	// later, and passwords are set later, as SCRAM verifiers.
	args := []string{"--pgdata=" + i.Dir, "--username=" + i.Superuser, "--data-checksums", "--auth=trust", "--no-sync"}
	if i.WALDir != "" {
		args = append(args, "--waldir="+i.WALDir)
	}
	var password string
	if slices.ContainsFunc(more, isAuthOption) {
		// initdb accepts a method that asks for passwords only together with a
		// password for the superuser. This one is random; the caller replaces it.
		args, password = append(args, "--pwfile=/dev/stdin"), rand.Text()+"\n"
	}
	began := false // it has taken its arguments, and makes files
	stdout := &lineWriter{onLine: func(line string) {
		began = began || strings.HasPrefix(line, "creating ") || strings.HasPrefix(line, "fixing permissions ")
		onLine("initdb", line)
	}}
	first := "" // of an option that it does not know it says so first, and without the word error
	listen := func(program, line string) {
		first = cmp.Or(first, line)
		onLine(program, line)
	}
	err = run(ctx, job{program: "initdb", args: append(args, more...), stdin: password, stdout: stdout, onLine: listen})
	stdout.flush()
	if failed, is := errors.AsType[*ProgramError](err); is && !began && i.Args != "" && failed.Line != "" {
		line := failed.Line
		if !isError(line) {
			line = first
		}
		line, _, _ = strings.Cut(line, " (first is ") // a word that may be anything
		return &pg.Fault{ID: "env-value", Text: "POSTGRES_INITDB_ARGS is not what initdb takes: " + line, Exit: 78, Err: err,
			Fix: "Correct it, then " + pg.All.Up() + ". initdb lists what it takes: " + pg.Master.Run("initdb --help")}
	}
	return err
}

// CheckInitDBArgs says what is wrong with more arguments for initdb that would end
// well, or late, and leave no cluster where it is meant to be; empty where nothing
// is. All else initdb says at once. It repeats no word: one may be a secret.
func CheckInitDBArgs(text string) string {
	words, err := shellWords(text)
	if err != nil {
		return "has a quote that does not end"
	}
	for i := 0; i < len(words); i++ {
		name, _, given := strings.Cut(words[i], "=")
		long, is := strings.CutPrefix(name, "--")
		switch {
		case is:
			if what := wrongInitDBOption(long); what != "" {
				return what
			}
			if !given && takesValue(long) {
				i++
			}
		case strings.HasPrefix(words[i], "-") && len(words[i]) > 1:
			letters := words[i][1:]
			at := strings.IndexAny(letters, "DEUXATLc") // those that take a value
			for j, letter := range letters {
				if at >= 0 && j > at {
					break
				}
				if what := wrongInitDBOption(string(letter)); what != "" {
					return what
				}
			}
			if at == len(letters)-1 {
				i++
			}
		default:
			return "has a word that is no option: each begins with a dash"
		}
	}
	return ""
}

// wrongInitDBOption says why an option of initdb does not fit; empty where it may.
func wrongInitDBOption(name string) string {
	for _, option := range []struct{ names, what string }{
		{"D pgdata", "names the data directory, which is PGDATA's to say"},
		{"U username", "names the superuser, which is POSTGRES_USER's to say"},
		{"W pwprompt", "has initdb ask for a password, and nobody can answer"},
		{"V version ? help s show S sync-only", "has initdb tell something, and make no cluster"},
	} {
		if slices.Contains(strings.Fields(option.names), name) {
			return option.what
		}
	}
	return ""
}

// takesValue is true of the long options of initdb whose value may be the next
// word.
func takesValue(long string) bool {
	return strings.HasPrefix(long, "lc-") || slices.Contains(strings.Fields("auth auth-local auth-host encoding locale waldir pwfile text-search-config wal-segsize "+
		"icu-locale icu-rules locale-provider builtin-locale set sync-method"), long)
}

// isAuthOption is true of -A, --auth, --auth-local and --auth-host.
func isAuthOption(arg string) bool {
	return strings.HasPrefix(arg, "-A") || strings.HasPrefix(arg, "--auth")
}

// shellWords splits text as a shell would, quotes included; it expands nothing.
func shellWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	inWord, escaped := false, false
	for _, r := range text {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			inWord, escaped = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			inWord, quote = true, r
		case quote == 0 && strings.ContainsRune(" \t\n", r):
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		default:
			inWord = true
			word.WriteRune(r)
		}
	}
	if quote != 0 || escaped {
		return nil, fmt.Errorf("a quote in %q does not end", text)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
