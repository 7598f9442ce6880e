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
	"pgreplica/entrypoint/pg"
)

// A command is something to do by name. It returns the exit status where that
// says more than success.
type command struct {
	name, args string
	summary    string
	manual     string // what help NAME says beyond the summary
	run        func(ctx context.Context, args []string) (int, error)
}

// commands are in the order in which help lists them.
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

// asksForHelp says whether the arguments of a command ask for its manual. To start,
// -h with a value is an argument of postgres.
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

// usageError is the fault that says how a command is to be typed.
func usageError(usage string) *pg.Fault {
	name, _, _ := strings.Cut(usage, " ")
	return &pg.Fault{Text: "usage: pgreplica " + usage, Fix: "pgreplica help " + name + " says more.", Exit: exitUsage}
}

// misuse is the usageError of a command, with what is wrong with its arguments
// before it.
func misuse(name, wrong string) error {
	c, _ := find(name)
	return fmt.Errorf("%s\n%w", wrong, usageError(c.synopsis()))
}

// notFound is err, or where there is no program of that name the fault of an
// unknown one.
func notFound(name string, err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return notThere(name, exitNotFound)
	}
	return err
}

// unknown is the fault of a name that no command and no program has. Where a
// command seems to be meant it is one of usage, otherwise it exits with status.
func unknown(name string, status int) *pg.Fault {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	fix := "pgreplica help lists the commands."
	if near := config.Nearest(strings.TrimLeft(name, "-"), names); near != "" {
		fix, status = "Did you mean pgreplica "+near+"?", exitUsage
	}
	return &pg.Fault{Text: fmt.Sprintf("there is no command or program %q", name), Fix: fix, Exit: status}
}
