package pgctl

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A ConfError holds the errors that postgres finds in a configuration, one a
// line.
type ConfError struct{ Lines []string }

func (e *ConfError) Error() string { return strings.Join(e.Lines, "; ") }

// CheckConf has postgres -C read the configuration in dir with the arguments
// that the server will be started with, and returns the data directory that the
// server would use. The error is a *ConfError where postgres rejects the
// configuration. No server is started; it takes some 40 ms.
func CheckConf(ctx context.Context, dir string, args []string) (dataDir string, err error) {
	var out bytes.Buffer
	var lines []string
	collect := func(_, line string) {
		if text, is := parseConfError(line); is {
			lines = append(lines, text)
		}
	}
	err = run(ctx, job{program: "postgres", args: append([]string{"-D", dir, "-C", "data_directory"}, args...), stdout: &out, onLine: collect})
	if _, failed := errors.AsType[*ProgramError](err); failed && len(lines) > 0 {
		return "", &ConfError{lines}
	}
	return strings.TrimSpace(out.String()), err
}

// parseConfError returns the message of a line of level LOG or FATAL. Lines
// that only say that there were errors, or that an optional file is missing,
// are not ok.
func parseConfError(line string) (text string, ok bool) {
	for _, level := range []string{"LOG:  ", "FATAL:  "} {
		if _, text, found := strings.Cut(line, level); found {
			return text, !strings.HasSuffix(text, "contains errors") && !strings.HasPrefix(text, "skipping missing")
		}
	}
	return "", false
}

// LibDir is the folder of the server's libraries, which is looked for beside
// that of its programs; empty where it is not found.
func LibDir() string {
	path, err := exec.LookPath("postgres")
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	above := filepath.Dir(filepath.Dir(path))
	for _, dir := range []string{filepath.Join(above, "lib"), filepath.Join(above, "lib", "postgresql")} {
		if _, err := os.Stat(filepath.Join(dir, "plpgsql.so")); err == nil {
			return dir
		}
	}
	return ""
}
