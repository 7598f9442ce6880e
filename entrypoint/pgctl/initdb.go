package pgctl

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
)

// An InitDB is a cluster to make.
type InitDB struct {
	Dir       string // does not exist yet
	Superuser string
	WALDir    string // for pg_wal, does not exist yet; empty means in Dir
	Args      string // more arguments, in shell words
}

// Run makes the cluster, with data checksums, so that it can be rewound later.
// The caller syncs it.
func (i InitDB) Run(ctx context.Context, tell Tell) error {
	more, err := shellWords(i.Args)
	if err != nil {
		return fmt.Errorf("POSTGRES_INITDB_ARGS: %w", err)
	}
	// Passwords are set later as SCRAM verifiers; the method here only keeps
	// initdb from warning about the trust that pg_hba.conf is about to replace.
	args := []string{"--pgdata=" + i.Dir, "--username=" + i.Superuser, "--data-checksums", "--auth=trust", "--no-sync"}
	if i.WALDir != "" {
		args = append(args, "--waldir="+i.WALDir)
	}
	var password string
	if slices.ContainsFunc(more, isAuth) {
		// initdb takes a method that asks for passwords only with one to set.
		// Nobody knows this one, and the caller replaces it.
		args, password = append(args, "--pwfile=/dev/stdin"), rand.Text()+"\n"
	}
	stdout := &lineWriter{tell: func(line string) { tell("initdb", line) }}
	defer stdout.flush()
	return run(ctx, job{program: "initdb", args: append(args, more...), stdin: password, stdout: stdout, tell: tell})
}

// isAuth tells -A, --auth, --auth-local and --auth-host.
func isAuth(arg string) bool { return strings.HasPrefix(arg, "-A") || strings.HasPrefix(arg, "--auth") }

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
