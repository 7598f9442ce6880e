// Pgreplica is the entrypoint of the primary's and the standby's image: it
// prepares a PostgreSQL server and becomes it. Its other commands look at the
// server that runs, or at the volume of one that does not.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"pgreplica/entrypoint"
	"pgreplica/entrypoint/pgctl"
)

// version is set when an image is built.
var version = "devel"

const (
	exitFailed = 1
	exitUsage  = 64
)

// A command is something to do by name. It returns the exit status where that
// says more than success.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string) (int, error)
}

func commands() []command {
	return []command{
		{"start", "prepare the server and become it (what no command means)", start},
		{"plan", "say what a start would do, and why; change nothing", showPlan},
		{"status", "say how replication is doing", status},
		{"healthcheck", "exit 0 where this server does its work, else 1", healthcheck},
		{"migrate-layout", "move a cluster from the root of its volume to the layout of new ones", migrateLayout},
		{"settings", "list the variables; --random prints a .env with random passwords", settings},
		{"secrets", "DIR NAME…: keep passwords, given or random, as files", secrets},
		{"version", "print the version", showVersion},
	}
}

// Every step runs on the thread that the process began with: the same calls in
// the same order each time, so that a test can stop at each of them.
func init() { runtime.LockOSThread() }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT)
	defer stop()
	status, err := dispatch(ctx, os.Args[1:])
	if ctx.Err() != nil {
		os.Exit(stopped(ctx))
	}
	if err != nil {
		explain(os.Stderr, err)
		status = exitStatus(err)
	}
	os.Exit(status)
}

// dispatch keeps the official image's contract: nothing, flags or postgres mean
// to start the server; one of our names is a command; all else is a program.
func dispatch(ctx context.Context, args []string) (int, error) {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return start(ctx, args)
	}
	if args[0] == "postgres" {
		return start(ctx, args[1:])
	}
	all := commands()
	if i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] }); i >= 0 {
		return all[i].run(ctx, args[1:])
	}
	if args[0] == "help" {
		return 0, usage(os.Stdout, all)
	}
	return exitFailed, pgctl.Become(args[0], args[1:], os.Environ())
}

func usage(out io.Writer, all []command) error {
	text := "usage: pgreplica [command | postgres arguments | program arguments]\n\n"
	for _, c := range all {
		text += fmt.Sprintf("  %-14s %s\n", c.name, c.summary)
	}
	_, err := fmt.Fprint(out, text)
	return err
}

func showVersion(context.Context, []string) (int, error) {
	_, err := fmt.Println("pgreplica " + version)
	return 0, err
}

// explain prints an error as PostgreSQL does: what, and what to do.
func explain(out io.Writer, err error) {
	fmt.Fprintf(out, "ERROR:  %v\n", err)
	if text := entrypoint.Hint(err); text != "" {
		fmt.Fprintf(out, "HINT:  %s\n", text)
	}
}

// exitStatus asks the error; the numbers are those of sysexits(3), so that
// they cannot be taken for PostgreSQL's own.
func exitStatus(err error) int {
	if told, ok := errors.AsType[interface {
		error
		ExitStatus() int
	}](err); ok {
		return told.ExitStatus()
	}
	return exitFailed
}

// stopped is the exit status of a process that a signal ended.
func stopped(ctx context.Context) int {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT} {
		if context.Cause(ctx).Error() == s.String()+" signal received" {
			fmt.Fprintf(os.Stderr, "pgreplica: stopped by signal %d (%s); the next start goes on from here\n", int(s), s)
			return 128 + int(s)
		}
	}
	return exitFailed
}

// A usageError says how a command is to be typed.
type usageError string

func (u usageError) Error() string { return "usage: pgreplica " + string(u) }

func (usageError) ExitStatus() int { return exitUsage }
func (usageError) Hint() string    { return "pgreplica help lists the commands." }
