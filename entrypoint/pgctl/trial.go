package pgctl

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// trialLimit bounds a trial. It takes a tenth of a second, and several where there
// is much shared memory to make.
const trialLimit = 20 * time.Second

// Try has postgres go through a start with these arguments in dir, a folder that
// pgdata.MakeTrial made: it reads and checks its configuration, loads libraries and
// keys, listens on the configured addresses and in the configured folders, but at a
// port that nobody uses, and makes its shared memory. Then it is to read a
// pg_hba.conf that is not there, and ends before it has started another process.
//
// The error is a ConfError where postgres ended earlier. A trial that takes too
// long says nothing.
func Try(ctx context.Context, dir string, args []string) error {
	limited, cancel := context.WithTimeout(ctx, trialLimit)
	defer cancel()
	port, err := freePort()
	if err != nil {
		return err
	}
	end := filepath.Join(dir, "the-end-of-the-trial")
	args = append(slices.Clip(args), "-c", "data_directory="+dir, "-c", "hba_file="+end, "-c", "port="+port, "-c", "external_pid_file="+filepath.Join(dir, "pid"),
		"-c", "logging_collector=off", "-c", "log_destination=stderr", "-c", "log_line_prefix=", "-c", "log_min_messages=warning", "-c", "log_error_verbosity=default", "-c", "lc_messages=C")
	reached, heard := false, complaints{}
	listen := func(_, line string) {
		reached = reached || strings.Contains(line, end)
		heard.hear(line)
	}
	err = run(limited, job{program: "postgres", args: append([]string{"-D", dir}, args...), onLine: listen, spare: true, env: []string{"NOTIFY_SOCKET="}})
	failed, is := errors.AsType[*ProgramError](err)
	switch {
	case err == nil, reached:
		return nil
	case !is:
		return ctx.Err()
	case len(heard.lines) == 0:
		return &ConfError{[]string{failed.Error()}}
	}
	return &ConfError{heard.lines}
}

// complaints are what a postgres that ended said against its configuration.
type complaints struct {
	lines []string
	fatal bool // the last line was of the error that it ended with
}

// hear takes a line in. The detail and the hint of what postgres ended with belong
// to it; what is said on the way to any start is none.
func (c *complaints) hear(line string) {
	level, text, _ := strings.Cut(line, ":  ")
	switch {
	case level == "FATAL" || level == "PANIC" || level == "ERROR":
		c.lines, c.fatal = append(c.lines, text), true
	case (level == "DETAIL" || level == "HINT") && c.fatal:
		c.lines[len(c.lines)-1] += ". " + text
	case level == "WARNING", level == "LOG" && !onTheWay(text):
		c.lines, c.fatal = append(c.lines, text), false
	case strings.HasPrefix(line, "postgres: "): // before there is a log
		c.lines, c.fatal = append(c.lines, strings.TrimPrefix(line, "postgres: ")), false
	}
}

// onTheWay knows what each start says.
func onTheWay(text string) bool {
	return slices.ContainsFunc([]string{"starting ", "listening on ", "database system is ", "skipping missing ", "redirecting "}, func(begin string) bool { return strings.HasPrefix(text, begin) })
}

// freePort is a TCP port that nothing listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), l.Close()
}
