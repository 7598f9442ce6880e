package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"slices"
	"strings"

	"pgreplica/entrypoint/config"
)

// A command is something to do by name. It returns the exit status where that
// says more than success.
type command struct {
	name, args string
	summary    string
	manual     string // what help NAME says beyond the summary
	run        func(ctx context.Context, args []string) (int, error)
}

func commands() []command {
	return []command{
		{"start", "[POSTGRES ARGUMENTS]", "prepare the server and become it (what no command means)", "", start},
		{"plan", "", "say what a start would do, and why; change nothing", "", showPlan},
		{"status", statusArgs, "say how replication is doing", statusManual, status},
		{"slots", slotsArgs, "list the replication slots; drop one that nobody uses", slotsManual, slots},
		{"apply", "[--replace]", "place changed files and passwords on the server that runs; name what waits for a restart", applyManual, apply},
		{"doctor", "[--all | --json]", "say what is wrong with this server, its volume and its primary", doctorManual, examine},
		{"healthcheck", healthArgs, "exit 0 where this server does its work, else 1", healthManual, healthcheck},
		{"migrate-layout", "", "move a cluster from the root of its volume to the layout of new ones", "", migrateLayout},
		{"settings", "[--random]", "list the variables; --random prints a .env with random passwords", "", settings},
		{"secrets", "DIR NAME…", "keep passwords, given or random, as files", "", secrets},
		{"version", "", "print the version", "", showVersion},
	}
}

func find(name string) (command, bool) {
	all := commands()
	if i := slices.IndexFunc(all, func(c command) bool { return c.name == name }); i >= 0 {
		return all[i], true
	}
	return command{}, false
}

// asksForHelp leaves -h with a value to start: that is an argument of postgres's.
func asksForHelp(c command, args []string) bool {
	return len(args) > 0 && (args[0] == "--help" || args[0] == "-h" && (c.name != "start" || len(args) == 1))
}

// asksForCommands is true of arguments that ask what there is to type. postgres's own
// list has the argument -? and, behind the word postgres, --help.
func asksForCommands(args []string) bool {
	return len(args) == 1 && (args[0] == "-h" || args[0] == "--help")
}

// help prints the list of commands, or the manual of one.
func help(out io.Writer, args []string) error {
	if len(args) == 0 {
		return listCommands(out)
	}
	c, found := find(args[0])
	if !found || len(args) > 1 {
		return notThere(args[0], exitUsage)
	}
	text := fmt.Sprintf("usage: pgreplica %s\n\n%s\n", c.synopsis(), c.summary)
	if c.manual != "" {
		text += "\n" + c.manual
	}
	_, err := io.WriteString(out, text)
	return err
}

func (c command) synopsis() string { return strings.TrimSpace(c.name + " " + c.args) }

func listCommands(out io.Writer) error {
	text := "usage: pgreplica [command | postgres arguments | program arguments]\n\n"
	for _, c := range commands() {
		text += fmt.Sprintf("  %-14s %s\n", c.name, c.summary)
	}
	_, err := io.WriteString(out, text+"\npgreplica help COMMAND says more, postgres --help lists postgres's arguments.\n")
	return err
}

// A usageError says how a command is to be typed.
type usageError string

func (u usageError) Error() string { return "usage: pgreplica " + string(u) }

func (usageError) ExitStatus() int { return exitUsage }

func (u usageError) Hint() string {
	name, _, _ := strings.Cut(string(u), " ")
	return "pgreplica help " + name + " says more."
}

// misuse is the usageError of a command, after what was wrong with its
// arguments.
func misuse(name, wrong string) error {
	c, _ := find(name)
	return fmt.Errorf("%s\n%w", wrong, usageError(c.synopsis()))
}

// notFound tells a command that was mistyped from a program that is not there.
func notFound(name string, err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return notThere(name, exitNotFound)
	}
	return err
}

// unknown is a name that no command and no program has.
type unknown struct {
	name   string
	status int // where nothing of ours is near
}

func (u *unknown) Error() string { return fmt.Sprintf("there is no command or program %q", u.name) }

func (u *unknown) near() string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return config.Nearest(strings.TrimLeft(u.name, "-"), names)
}

// ExitStatus is 64 where a command of ours was meant.
func (u *unknown) ExitStatus() int {
	if u.near() == "" {
		return u.status
	}
	return exitUsage
}

func (u *unknown) Hint() string {
	if near := u.near(); near != "" {
		return "Did you mean pgreplica " + near + "?"
	}
	return "pgreplica help lists the commands."
}
