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

// A ConfError is what postgres says against a configuration, an error a line.
type ConfError struct{ Lines []string }

func (e *ConfError) Error() string { return strings.Join(e.Lines, "; ") }

// CheckConf has postgres read a configuration with the arguments that it will
// be started with, and returns the data directory that it would use. It does
// not start, and takes some 40 ms.
func CheckConf(ctx context.Context, dir string, args []string) (dataDir string, err error) {
	var out bytes.Buffer
	var said []string
	listen := func(_, line string) {
		if text, is := complaint(line); is {
			said = append(said, text)
		}
	}
	err = run(ctx, job{program: "postgres", args: append([]string{"-D", dir, "-C", "data_directory"}, args...), stdout: &out, tell: listen})
	if _, failed := errors.AsType[*ProgramError](err); failed && len(said) > 0 {
		return "", &ConfError{said}
	}
	return strings.TrimSpace(out.String()), err
}

// complaint is what stands behind the level of a line, but for those that only
// say that there were errors, or that a file may be missing.
func complaint(line string) (text string, is bool) {
	for _, level := range []string{"LOG:  ", "FATAL:  "} {
		if _, text, found := strings.Cut(line, level); found {
			return text, !strings.HasSuffix(text, "contains errors") && !strings.HasPrefix(text, "skipping missing")
		}
	}
	return "", false
}

// LibDir is the folder of the server's libraries, which lies beside that of
// its programs; empty where it is not found.
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
