package provision

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// rejected is a mounted file that PostgreSQL would not start with.
type rejected struct {
	path, reason string
	hash, under  string
	fix          string
}

func (r *rejected) Error() string   { return r.path + ": " + r.reason }
func (r *rejected) ExitStatus() int { return 78 }
func (r *rejected) Hint() string    { return r.fix }

// reject rejects a mounted file for these reasons.
func (f Files) reject(m mounted, under string, reasons ...string) *rejected {
	return &rejected{path: m.path, reason: strings.Join(reasons, "; "), hash: m.sum(), under: under,
		fix: "Correct the mounted file, then " + applyCommand(f.Node)}
}

// Check refuses to make a cluster with mounted files that it would not start
// with. Dir is a folder for what postgres reads meanwhile.
func (f Files) Check(ctx context.Context) error {
	var errs []error
	for _, name := range []string{pgconf.ConfFile, pgconf.HBAFile} {
		m := mounted{name: name, path: filepath.Join(f.Node.Config.ConfigDir, name)}
		if m.readMounted(); !m.found {
			continue
		}
		rejected := f.checkHBA(m)
		if name == pgconf.ConfFile {
			rejected = f.checkConf(ctx, m, managedConf(f.Node))
		}
		if rejected != nil {
			rejected.fix = "Correct the mounted file, then " + pg.All.Up()
			errs = append(errs, rejected)
		}
	}
	return errors.Join(errs...)
}

// checkConf asks postgres about a candidate, unless it has said no to the same
// one under the same circumstances.
func (f Files) checkConf(ctx context.Context, m mounted, block string) *rejected {
	if m.err != nil {
		return f.reject(m, "", unreadable(m.err))
	}
	auto, _ := pgdata.ReadConf(filepath.Join(f.Dir, pgconf.AutoFile)) // postgres says why it cannot be read
	conf := pgconf.Conf{Dir: f.Dir, LibDir: pgctl.LibDir(), Before: block, Text: pgconf.Users(m.text), After: string(auto), Args: f.Args}
	var reasons []string
	for _, problem := range conf.Check() {
		problem.Line = pgconf.MountedLine("", m.text, problem.Line)
		reasons = append(reasons, problem.Error())
	}
	under := f.circumstances(m.text, string(auto), reasons)
	if known := f.Node.Record.Rejected[m.name]; under != "" && known.Hash == m.sum() && known.Under == under {
		return f.reject(m, under, known.Reason)
	}
	reasons = append(reasons, f.askPostgres(ctx, m, block)...)
	if len(reasons) == 0 {
		return f.objected(m)
	}
	return f.reject(m, under, reasons...)
}

// serverSaid stands for circumstances that only a server which runs can judge.
const serverSaid = "the server"

// objected is an objection of the server's to the same file. A start cannot ask
// it again, and would end with the server.
func (f Files) objected(m mounted) *rejected {
	known := f.Node.Record.Rejected[m.name]
	if f.Running || known.Under != serverSaid || known.Hash != m.sum() {
		return nil
	}
	return f.reject(m, serverSaid, known.Reason)
}

// circumstances are all but the file itself that the answer of postgres -C
// depends on; nothing where it includes another.
func (f Files) circumstances(text, auto string, reasons []string) string {
	if pgconf.Includes(text) {
		return ""
	}
	return pgdata.Hash(fmt.Sprintf("%d %q %q %q", f.Node.Major, f.Args, reasons, auto))
}

// askPostgres lets postgres read a candidate before it is placed.
func (f Files) askPostgres(ctx context.Context, m mounted, block string) []string {
	candidate := filepath.Join(f.Dir, "postgresql.conf.candidate")
	if err := pgdata.WriteFile(candidate, pgconf.InstalledConf(block, m.text)); err != nil {
		return []string{err.Error()}
	}
	leads, err := pgctl.CheckConf(ctx, f.Dir, append(f.Args[:len(f.Args):len(f.Args)], "-c", "config_file="+candidate))
	err = errors.Join(err, os.Remove(candidate))
	refused, is := errors.AsType[*pgctl.ConfError](err)
	switch {
	case is:
		var reasons []string
		for _, line := range refused.Lines {
			reasons = append(reasons, explainConf(line, candidate, m.text, block))
		}
		return reasons
	case err != nil:
		return []string{err.Error()}
	case leads != f.Dir:
		return []string{"data_directory leads to " + leads + ", and the data is in " + f.Dir}
	}
	return nil
}

// What postgres -C says of a line, compiled where it is first needed.
var (
	atLine    = lazily(`in file "([^"]*)" line (\d+)`)
	parameter = lazily(`parameter "([^"]*)"`)
	nearToken = lazily(`, near token ".*"|: ".*"$`)
	private   = lazily(`(?i)passw|secret|key|conninfo`)
)

func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// explainConf turns what postgres says of a candidate into what stands in the
// mounted file. It leaves out what may be a secret.
func explainConf(said, candidate, text, block string) string {
	line := 0
	if at := atLine().FindStringSubmatch(said); at != nil && at[1] == candidate {
		line, _ = strconv.Atoi(at[2])
		said = strings.TrimSpace(strings.Replace(said, at[0], "", 1))
		said = strings.ReplaceAll(said, " ,", ",")
	}
	return atMountedLine(text, block, line, said)
}

// atMountedLine puts a line's number in the mounted file before what was said
// of it where it is installed. Line 0 is looked for by the name that is told.
func atMountedLine(text, block string, line int, said string) string {
	number := pgconf.MountedLine(block, text, line)
	if name := parameter().FindStringSubmatch(said); name != nil && number == 0 {
		number = pgconf.LineOf(text, name[1])
	}
	if number == 0 || private().MatchString(pgconf.Line(text, number)) { // of another file the line is not known
		said = nearToken().ReplaceAllString(said, "")
	}
	if number == 0 {
		return said
	}
	return fmt.Sprintf("line %d: %s", number, said)
}

func (f Files) checkHBA(m mounted) *rejected {
	if m.err != nil {
		return f.reject(m, "", unreadable(m.err))
	}
	var reasons []string
	for _, line := range pgconf.CheckHBA(m.text, f.Node.Major, f.Dir) {
		reasons = append(reasons, line.Error())
	}
	if len(reasons) == 0 {
		return f.objected(m)
	}
	return f.reject(m, "", reasons...)
}

// unreadable says why a file that is mounted cannot be read, without its path.
func unreadable(err error) string {
	if at, ok := errors.AsType[*os.PathError](err); ok {
		err = at.Err
	}
	return fmt.Sprintf("cannot be read by uid %d: %v", os.Getuid(), err)
}

// unknownHosts are the lines with names of hosts that nobody knows.
func unknownHosts(ctx context.Context, text string) []string {
	var found []string
	limited, cancel := context.WithTimeout(ctx, node.LookUpLimit)
	defer cancel()
	for _, host := range pgconf.HBAHosts(text) {
		_, err := net.DefaultResolver.LookupHost(limited, host.Name)
		if unknown, is := errors.AsType[*net.DNSError](err); is && unknown.IsNotFound {
			found = append(found, fmt.Sprintf("line %d: %s", host.Line, host.Name))
		}
	}
	return found
}
