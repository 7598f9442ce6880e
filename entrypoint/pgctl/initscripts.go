package pgctl

import (
	"context"
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"pgreplica/entrypoint/pg"
)

//go:embed initscripts.sh
var initScripts string

// InitScripts are the scripts that a person mounted for a new cluster.
type InitScripts struct {
	Dir      string
	Skip     []string // paths of scripts in Dir that are not run
	Mark     string   // the file that names the running script, in the line after our process id
	Finished string   // what Mark says once all scripts have run
	Env      []string // the whole environment of the scripts
}

// Run runs the scripts in one bash, against the server that takes connections
// at the socket, and stops at the first script that fails. Their output goes
// where our own output goes.
func (s InitScripts) Run(ctx context.Context) error {
	args := append([]string{"-c", initScripts, "pgreplica", s.Mark, s.Finished, s.Dir}, s.Skip...)
	return runOpen(ctx, "bash", args, s.Env)
}

// runOpen runs a program that writes straight to our own stdout and stderr.
// When the program or ctx ends, what is left of its process group is ended too;
// a daemon, which has a session of its own, goes on.
func runOpen(ctx context.Context, program string, args, env []string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = grace
	err := cmd.Start()
	if err == nil {
		err = cmd.Wait()
		endGroup(cmd.Process.Pid)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return &ProgramError{Program: program, Line: "", Err: err}
	}
	return nil
}

// Serve starts a server in dir that listens on its socket alone, and returns
// when it takes connections. The server's log goes to our own stderr.
func Serve(ctx context.Context, dir, port string, args []string) error {
	// These outrank the user's configuration: no commit may wait for a standby.
	args = append(append([]string{}, args...), "-c", "listen_addresses=", "-c", "synchronous_standby_names=", "-p", port)
	for i, arg := range args {
		args[i] = pg.ShellWord(arg)
	}
	return runOpen(ctx, "pg_ctl", []string{"-D", dir, "-o", strings.Join(args, " "), "-w", "-s", "start"}, serverEnviron())
}

// serverEnviron is our own environment with an empty NOTIFY_SOCKET: a server
// that runs only for the init scripts must not report to a supervisor that it
// is ready.
func serverEnviron() []string { return append(os.Environ(), "NOTIFY_SOCKET=") }

// StopServing stops the server in dir, if one runs. It need not be the one that
// Serve started: an init script may have stopped that and started another.
func StopServing(ctx context.Context, dir, mode string) error {
	if _, err := os.Stat(filepath.Join(dir, "postmaster.pid")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := runOpen(ctx, "pg_ctl", []string{"-D", dir, "-m", mode, "-w", "-s", "stop"}, os.Environ())
	reap()
	return err
}
