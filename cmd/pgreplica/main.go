package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
)

// version is set when an image is built.
var version = "devel"

const (
	exitFailed   = 1
	exitUsage    = 64
	exitNotFound = 127 // as a shell has it, and the official image
)

// Every step runs on the thread that the process began with. Its system calls then
// have the same order each time, so that a test can kill a start at each of them.
func init() { runtime.LockOSThread() }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT)
	defer stop()
	status, err := dispatch(ctx, os.Args[1:])
	if ctx.Err() != nil {
		os.Exit(stopped(ctx, os.Args[1:]))
	}
	if err != nil {
		explain(os.Stderr, err)
		status = pg.ExitStatus(err)
	}
	os.Exit(status)
}

// dispatch takes arguments as the official image does: none, flags or postgres
// start the server; the name of a command is that command; all else is a program.
func dispatch(ctx context.Context, args []string) (int, error) {
	if asksForCommands(args) {
		return 0, help(os.Stdout, nil)
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return start(ctx, args)
	}
	if args[0] == "postgres" {
		return start(ctx, args[1:])
	}
	if args[0] == "help" {
		return 0, help(os.Stdout, args[1:])
	}
	if c, found := find(args[0]); found {
		if asksForHelp(c, args[1:]) {
			return 0, help(os.Stdout, args[:1])
		}
		return c.run(ctx, args[1:])
	}
	return exitFailed, notFound(args[0], pgctl.Become(args[0], args[1:], os.Environ()))
}

// showVersion prints the version that was set when the image was built.
func showVersion(context.Context, []string) (int, error) {
	_, err := fmt.Println("pgreplica " + version)
	return 0, err
}

// explain prints an error as PostgreSQL does: what is wrong, and what to do.
func explain(out io.Writer, err error) {
	fmt.Fprintf(out, "ERROR:  %v\n", err)
	if text := pg.Hint(err); text != "" {
		fmt.Fprintf(out, "HINT:  %s\n", text)
	}
}

// stopped is the exit status of a process that a signal ended. It says so, but not
// of status: that is how a person ends a watch.
func stopped(ctx context.Context, args []string) int {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT} {
		if context.Cause(ctx).Error() == s.String()+" signal received" {
			if len(args) == 0 || args[0] != "status" {
				fmt.Fprintf(os.Stderr, "pgreplica: stopped by signal %d (%s); the next start goes on from here\n", int(s), s)
			}
			return 128 + int(s)
		}
	}
	return exitFailed
}
