package provision

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// A rejection says why PostgreSQL would not start with a mounted file.
type rejection struct {
	path, reason string
	hash         string // of the file
	under        string // hash of what else the rejection depends on; empty where that is not known
	fix          string
}

func (r *rejection) Error() string   { return r.path + ": " + r.reason }
func (r *rejection) ExitStatus() int { return 78 }
func (r *rejection) Hint() string    { return r.fix }

// reject rejects a mounted file for these reasons.
func (f Files) reject(m mountedFile, under string, reasons ...string) *rejection {
	return &rejection{path: m.path, reason: strings.Join(reasons, "; "), hash: m.sum(), under: under,
		fix: "Correct the mounted file, then " + applyCommand(f.Node.Service())}
}

// newClusterFix is what to do about a file that no cluster is made with.
var newClusterFix = "Correct the mounted file, then " + pg.All.Up()

// Check refuses to make a cluster with mounted files that it would not start
// with. Dir is a folder for what postgres reads meanwhile.
func (f Files) Check(ctx context.Context) error {
	var errs []error
	for _, name := range []string{pgconf.ConfFile, pgconf.HBAFile} {
		m := mountedFile{name: name, path: filepath.Join(f.Node.Config.ConfigDir, name)}
		if m.readMounted(); !m.found {
			continue
		}
		rejected := f.checkHBA(m)
		if name == pgconf.ConfFile {
			rejected = f.checkConf(ctx, m, managedConf(f.Node, f.Dir, ""))
		}
		if rejected != nil {
			rejected.fix = newClusterFix
			errs = append(errs, rejected)
		}
	}
	return errors.Join(errs...)
}

// checkConf asks postgres about a candidate, unless it has said no to the same
// one under the same circumstances.
func (f Files) checkConf(ctx context.Context, m mountedFile, block string) *rejection {
	if m.err != nil {
		return f.reject(m, "", unreadable(m.err))
	}
	if known := f.earlierObjection(m); known != nil {
		return known
	}
	auto, _ := pgdata.ReadConf(filepath.Join(f.Dir, pgconf.AutoFile)) // postgres says why it cannot be read
	conf := pgconf.Conf{Dir: f.Dir, LibDir: pgctl.LibDir(), Before: block, Text: pgconf.WithoutBlocks(m.text), After: string(auto), Args: f.Args}
	var reasons []string
	for _, problem := range conf.Check() {
		problem.Line = pgconf.MountedLine("", m.text, problem.Line)
		reasons = append(reasons, problem.Error())
	}
	under := f.circumstances(m.text, string(auto), reasons)
	if known := f.Node.Record.Rejected[m.name]; under != "" && known.Hash == m.sum() && known.Under == under {
		return f.reject(m, under, known.Reason)
	}
	tried, again := f.askPostgres(ctx, m, block)
	reasons = append(reasons, tried...)
	switch {
	case len(reasons) == 0:
		return nil
	case again:
		under = ""
	}
	return f.reject(m, under, reasons...)
}

// serverSaid is what a rejection depends on that a running server made, or one
// that was started and ended.
const serverSaid = "the server"

// earlierObjection is what a server objected to in the same file. A start cannot
// ask that server again, and the server that it starts would end at once; apply
// may ask.
func (f Files) earlierObjection(m mountedFile) *rejection {
	known := f.Node.Record.Rejected[m.name]
	if f.Running || known.Under != serverSaid || known.Hash != m.sum() {
		return nil
	}
	return f.reject(m, serverSaid, known.Reason)
}

// circumstances is the hash of all but the file itself that the answer of postgres
// -C depends on; nothing where the file includes another.
func (f Files) circumstances(text, auto string, reasons []string) string {
	if pgconf.Includes(text) {
		return ""
	}
	return pgdata.Hash(fmt.Sprintf("%d %q %q %q", f.Node.Major, f.Args, reasons, auto))
}

// askPostgres lets postgres read a candidate before it is placed, and then try a
// start with it. again says that the answer is the trial's, which depends on more
// than the circumstances: the modes of files, the memory and the network.
func (f Files) askPostgres(ctx context.Context, m mountedFile, block string) (reasons []string, again bool) {
	reasons, err := f.withCandidate(m, block, func(candidate string) ([]string, error) {
		leads, err := pgctl.CheckConf(ctx, f.Dir, append(f.Args[:len(f.Args):len(f.Args)], "-c", "config_file="+candidate))
		refused, is := errors.AsType[*pgctl.ConfError](err)
		switch {
		case is:
			var reasons []string
			for _, line := range refused.Lines {
				reasons = append(reasons, explainConf(line, candidate, m.text, block))
			}
			return reasons, nil
		case err != nil:
			return nil, err
		case leads != f.Dir:
			return []string{"data_directory leads to " + leads + ", and the data is in " + f.Dir}, nil
		}
		tried, err := f.tryStart(ctx, candidate)
		again = len(tried) > 0
		return located(m.text, block, tried), err
	})
	if err != nil {
		reasons = append(reasons, err.Error())
	}
	return reasons, again
}

// withCandidate has ask look at a candidate, which is beside the file that it may
// replace meanwhile.
func (f Files) withCandidate(m mountedFile, block string, ask func(candidate string) ([]string, error)) ([]string, error) {
	candidate := filepath.Join(f.Dir, "postgresql.conf.candidate")
	if err := pgdata.WriteFile(candidate, pgconf.InstalledConf(block, m.text)); err != nil {
		return nil, err
	}
	reasons, err := ask(candidate)
	return reasons, errors.Join(err, os.Remove(candidate))
}

func (f Files) checkHBA(m mountedFile) *rejection {
	if m.err != nil {
		return f.reject(m, "", unreadable(m.err))
	}
	var reasons []string
	for _, line := range pgconf.CheckHBA(m.text, f.Node.Major, f.Dir) {
		reasons = append(reasons, line.Error())
	}
	if len(reasons) == 0 {
		return f.earlierObjection(m)
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

// unknownHosts are the lines with names of hosts that cannot be resolved.
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
