package pgctl

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
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
	stdout := &lineWriter{onLine: func(line string) { onLine("initdb", line) }}
	defer stdout.flush()
	return run(ctx, job{program: "initdb", args: append(args, more...), stdin: password, stdout: stdout, onLine: onLine})
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
