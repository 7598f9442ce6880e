package pgctl

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Become replaces this process with a program from PATH. It returns only when
// that fails.
func Become(program string, args, environ []string) error {
	path, err := exec.LookPath(program)
	if err != nil {
		return &ProgramError{Program: program, Err: err}
	}
	err = syscall.Exec(path, append([]string{program}, args...), environ)
	return &ProgramError{Program: program, Err: err}
}

// A Server is a postgres that is ready to run: its arguments and its whole
// environment.
type Server struct{ Args, Env []string }

// Become replaces this process with the server. It returns only when that fails.
func (s Server) Become() error { return Become("postgres", s.Args, s.Env) }

// Major asks the postgres on PATH for its major version.
func Major() (int, error) {
	out, err := exec.Command("postgres", "--version").Output()
	if err != nil {
		return 0, &ProgramError{Program: "postgres --version", Err: err}
	}
	return parseMajor(string(out))
}

// parseMajor reads "postgres (PostgreSQL) 13.23 (Debian …)" and "… 19beta1".
func parseMajor(text string) (int, error) {
	_, version, _ := strings.Cut(text, "(PostgreSQL) ")
	digits := version[:len(version)-len(strings.TrimLeft(version, "0123456789"))]
	major, err := strconv.Atoi(digits)
	if err != nil {
		return 0, &ProgramError{Program: "postgres --version", Line: strings.TrimSpace(text), Err: err}
	}
	return major, nil
}

// RemoveStalePID removes the postmaster.pid of a server that no longer runs. The
// caller must hold the locks of the volume and of the data directory, which prove
// that no server of ours runs in dir, and must have looked for one of another
// image. A missing file is no error.
func RemoveStalePID(dir string) error {
	err := os.Remove(filepath.Join(dir, "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
