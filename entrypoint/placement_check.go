package entrypoint

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
	"time"

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

// rejection rejects a mounted file for these reasons.
func (n *Node) rejection(m mounted, under string, reasons ...string) *rejected {
	return &rejected{path: m.path, reason: strings.Join(reasons, "; "), hash: m.sum(), under: under,
		fix: "Correct the mounted file, then " + n.apply()}
}

// checkMounted refuses to make a cluster with files that it would not start
// with.
func (n *Node) checkMounted(ctx context.Context) error {
	var refusals []error
	for _, name := range []string{confFile, hbaFile} {
		m := mounted{name: name, path: filepath.Join(n.cfg.ConfigDir, name)}
		text, err := os.ReadFile(m.path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		m.text, m.found, m.err = string(text), true, err
		refused := n.checkHBA(n.layout.State, m)
		if name == confFile {
			refused = n.checkConf(ctx, n.layout.State, m, n.managedConf())
		}
		if refused != nil {
			refused.fix = "Correct the mounted file, then " + pg.All.Up()
			refusals = append(refusals, refused)
		}
	}
	return errors.Join(refusals...)
}

// checkConf asks postgres about a candidate, unless it has said no to the same
// one under the same circumstances.
func (n *Node) checkConf(ctx context.Context, dir string, m mounted, block string) *rejected {
	if m.err != nil {
		return n.rejection(m, "", unreadable(m.err))
	}
	auto, _ := os.ReadFile(filepath.Join(dir, autoFile)) // postgres says why it cannot be read
	conf := pgconf.Conf{Dir: dir, LibDir: pgctl.LibDir(), Before: block, Text: pgconf.Users(m.text), After: string(auto), Args: n.args}
	var reasons []string
	for _, problem := range conf.Check() {
		problem.Line = pgconf.MountedLine("", m.text, problem.Line)
		reasons = append(reasons, problem.Error())
	}
	under := n.circumstances(m.text, string(auto), reasons)
	if known := n.record.Rejected[m.name]; under != "" && known.Hash == m.sum() && known.Under == under {
		return n.rejection(m, under, known.Reason)
	}
	reasons = append(reasons, n.askPostgres(ctx, dir, m, block)...)
	if len(reasons) == 0 {
		return n.objected(m)
	}
	return n.rejection(m, under, reasons...)
}

// serverSaid stands for circumstances that only a server which runs can judge.
const serverSaid = "the server"

// objected is an objection of the server's to the same file. A start cannot ask
// it again, and would end with the server.
func (n *Node) objected(m mounted) *rejected {
	known := n.record.Rejected[m.name]
	if n.serves || known.Under != serverSaid || known.Hash != m.sum() {
		return nil
	}
	return n.rejection(m, serverSaid, known.Reason)
}

// circumstances are all but the file itself that the answer of postgres -C
// depends on; nothing where it includes another.
func (n *Node) circumstances(text, auto string, reasons []string) string {
	if pgconf.Includes(text) {
		return ""
	}
	return pgdata.Hash(fmt.Sprintf("%d %q %q %q", n.major, n.args, reasons, auto))
}

// askPostgres lets postgres read a candidate before it is placed.
func (n *Node) askPostgres(ctx context.Context, dir string, m mounted, block string) []string {
	candidate := filepath.Join(dir, "postgresql.conf.candidate")
	if err := pgdata.WriteFile(candidate, pgconf.InstalledConf(block, m.text)); err != nil {
		return []string{err.Error()}
	}
	leads, err := pgctl.CheckConf(ctx, dir, append(n.args[:len(n.args):len(n.args)], "-c", "config_file="+candidate))
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
	case leads != dir:
		return []string{"data_directory leads to " + leads + ", and the data is in " + dir}
	}
	return nil
}

var (
	atLine    = regexp.MustCompile(`in file "([^"]*)" line (\d+)`)
	parameter = regexp.MustCompile(`parameter "([^"]*)"`)
	nearToken = regexp.MustCompile(`, near token ".*"|: ".*"$`)
	private   = regexp.MustCompile(`(?i)passw|secret|key|conninfo`)
)

// explainConf turns what postgres says of a candidate into what stands in the
// mounted file. It leaves out what may be a secret.
func explainConf(said, candidate, text, block string) string {
	line := 0
	if at := atLine.FindStringSubmatch(said); at != nil && at[1] == candidate {
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
	if name := parameter.FindStringSubmatch(said); name != nil && number == 0 {
		number = pgconf.LineOf(text, name[1])
	}
	if number == 0 || private.MatchString(pgconf.Line(text, number)) { // of another file the line is not known
		said = nearToken.ReplaceAllString(said, "")
	}
	if number == 0 {
		return said
	}
	return fmt.Sprintf("line %d: %s", number, said)
}

func (n *Node) checkHBA(dir string, m mounted) *rejected {
	if m.err != nil {
		return n.rejection(m, "", unreadable(m.err))
	}
	var reasons []string
	for _, line := range pgconf.CheckHBA(m.text, n.major, dir) {
		reasons = append(reasons, line.Error())
	}
	if len(reasons) == 0 {
		return n.objected(m)
	}
	return n.rejection(m, "", reasons...)
}

// unreadable says why a file that is mounted cannot be read, without its path.
func unreadable(err error) string {
	if at, ok := errors.AsType[*os.PathError](err); ok {
		err = at.Err
	}
	return fmt.Sprintf("cannot be read by uid %d: %v", os.Getuid(), err)
}

// lookUpPatience bounds looking up every name of a pg_hba.conf.
const lookUpPatience = time.Second

// unknownHosts are the lines with names of hosts that nobody knows.
func unknownHosts(ctx context.Context, text string) []string {
	var found []string
	limited, cancel := context.WithTimeout(ctx, lookUpPatience)
	defer cancel()
	for _, host := range pgconf.HBAHosts(text) {
		_, err := net.DefaultResolver.LookupHost(limited, host.Name)
		if unknown, is := errors.AsType[*net.DNSError](err); is && unknown.IsNotFound {
			found = append(found, fmt.Sprintf("line %d: %s", host.Line, host.Name))
		}
	}
	return found
}
