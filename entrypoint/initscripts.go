package entrypoint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// initScripts is where the official image looks for them.
const initScripts = "/docker-entrypoint-initdb.d"

// ranAll is what the mark says when all scripts have run.
const ranAll = "ran the init scripts"

// findScripts returns the scripts to run in a new cluster, and those of the
// earlier project, which are not run.
func findScripts(dir string) (wanted, old []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		switch {
		case strings.HasPrefix(entry.Name(), "."): // a shell's * leaves it out
		case isOldScript(path):
			old = append(old, path)
		default:
			wanted = append(wanted, path)
		}
	}
	return wanted, old, err
}

// isOldScript says whether a script makes a standby or a replication role, as each
// initdb.sh of the earlier project does: the standby's removes the data directory
// under its server, the primary's makes roles that are made already.
func isOldScript(path string) bool {
	const most = 64 << 10
	info, err := os.Stat(path)
	if !strings.HasSuffix(path, ".sh") || err != nil || !info.Mode().IsRegular() || info.Size() > most {
		return false
	}
	text, _ := os.ReadFile(path) // one that cannot be read is left to bash, which says so
	script := string(text)
	return strings.Contains(script, "pg_basebackup") ||
		strings.Contains(script, "postgres_replicator") && (strings.Contains(script, "createuser") || strings.Contains(script, "/tmp/postgresql"))
}

// logSkippedScripts logs which scripts this start does not run.
func logSkippedScripts(n *node.Node) {
	wanted, old, _ := findScripts(initScripts)
	for _, path := range old {
		n.Log.Warn().Str("file", path).Str("hint", "Take it out of the volumes of the compose file: this program does what it did. See docs/migrating.md.").
			Msg("a script of the earlier project is not run")
	}
	if n.Mode == pg.Standby && len(wanted) > 0 {
		n.Log.Info().Str("dir", initScripts).Msg("init scripts are the primary's: a standby runs none")
	}
}

// hasScripts says whether there are scripts for a new cluster. It refuses a
// folder that cannot be read before anything is made.
func hasScripts() (bool, error) {
	wanted, _, err := findScripts(initScripts)
	if err != nil {
		return false, scriptsHidden(err)
	}
	return len(wanted) > 0, nil
}

// scriptsHidden is the fault of a folder of init scripts that the server's user
// cannot read.
func scriptsHidden(err error) *pg.Fault {
	return &pg.Fault{Text: "init scripts cannot be read: " + err.Error(), Exit: 78, Err: err,
		Fix: "Let everybody read the folder that is mounted there: chmod a+rX FOLDER. Then " + pg.All.Up() + "."}
}

// runScripts runs the init scripts in the new cluster, in staging. When one fails,
// a later start does not take the cluster for a whole one.
func (s *start) runScripts(ctx context.Context) error {
	staging, err := s.staging()
	if err != nil {
		return err
	}
	_, old, err := findScripts(initScripts)
	if err != nil {
		return err
	}
	environ := s.scriptEnviron(staging)
	s.Log.Info().Str("dir", initScripts).Msg("running the init scripts")
	began := time.Now()
	err = pgctl.Serve(ctx, staging, valueOf(environ, "PGPORT", "5432"), s.args)
	if err == nil {
		err = scriptFailure(pgctl.InitScripts{Dir: initScripts, Skip: old, Mark: node.DoingFile, Finished: ranAll, Env: environ}.Run(ctx))
	}
	if err := errors.Join(err, stopServing(ctx, staging)); err != nil {
		return err
	}
	if err := checkAstray(s.Volume, began); err != nil {
		return err
	}
	if err := pgdata.Rehome(staging, s.Volume.Dir); err != nil {
		return err
	}
	s.Log.Info().Str("took", since(began)).Msg(ranAll)
	return nil
}

// stopServing stops the server of the scripts. Where this start is being stopped
// it does so at once, because nothing of the cluster is kept then.
func stopServing(ctx context.Context, dir string) error {
	if ctx.Err() != nil {
		return pgctl.StopServing(context.WithoutCancel(ctx), dir, "immediate")
	}
	return pgctl.StopServing(ctx, dir, "fast")
}

// scriptFailure returns why the scripts failed, with the script that ran last; err
// is what bash ended with. An exit 0 in a script that is sourced ends bash before
// the other scripts have run, and is a failure.
func scriptFailure(err error) error {
	running, found := node.UnderWay()
	switch {
	case errors.Is(err, context.Canceled) || err == nil && (running == ranAll || !found):
		return err
	case err == nil:
		err = errors.New("it ended bash with exit 0, and the scripts behind it were not run")
	}
	return scriptFailed(strings.TrimPrefix(running, "running "), err)
}

// scriptFailed is the fault of an init script that failed.
func scriptFailed(path string, err error) *pg.Fault {
	return &pg.Fault{Text: fmt.Sprintf("init script %s failed: %v", cmp.Or(path, initScripts), err), Err: err,
		Fix: "Its last lines stand above. Correct it, then " + pg.All.Up() + ": nothing of the new cluster was kept, so the next start makes it anew and runs all scripts again."}
}

// scriptEnviron is the environment of the scripts: all that the container was
// given, with the official variables as config understood them. PGDATA is dir,
// where the cluster lies until it is whole.
func (s *start) scriptEnviron(dir string) []string {
	set := map[string]string{
		"PGDATA": dir, "HOME": os.Getenv("HOME"), "POSTGRES_USER": s.Config.PostgresUser, "POSTGRES_PASSWORD": s.Config.PostgresPassword.Reveal(),
		"POSTGRES_DB": s.Config.PostgresDB, "POSTGRES_INITDB_ARGS": s.Config.InitDBArgs, "POSTGRES_HOST_AUTH_METHOD": s.Config.HostAuthMethod,
		"PGPASSWORD": valueOf(s.environ, "PGPASSWORD", s.Config.PostgresPassword.Reveal()),
	}
	var environ []string
	for _, pair := range s.environ {
		name, _, _ := strings.Cut(pair, "=")
		_, replaced := set[strings.TrimSuffix(name, "_FILE")]
		if !replaced {
			environ = append(environ, pair)
		}
	}
	for name, value := range set {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// valueOf is a variable of an environment; otherwise where it is empty or not set.
func valueOf(environ []string, name, otherwise string) string {
	at := slices.IndexFunc(environ, func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
	if at < 0 {
		return otherwise
	}
	return cmp.Or(strings.TrimPrefix(environ[at], name+"="), otherwise)
}
