//go:build integration

package integration

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// A flow is a change of the data directory that a kill may cut short.
type flow struct {
	name    string
	side    string
	place   string // where the data directory lies below the mount
	before  bool   // a cluster that never followed anybody lies there before
	adopted bool   // the image's own PGDATA is kept, and the cluster is found at the root
	command string // what is killed, where it is not a start
	short   bool   // belongs to the integration tests as well
}

func flows() []flow {
	all := []flow{
		{name: "first start", side: "master", place: inside, short: true},
		{name: "first clone", side: "slave", place: inside, short: true},
		{name: "reclone", side: "slave", place: inside, before: true},
	}
	if mounted+inside != "/var/lib/postgresql/data/pgdata" {
		return all // where the image has another path, nothing lies at the root
	}
	return append(all,
		flow{name: "first start at the root", side: "master"},
		flow{name: "first clone at the root", side: "slave"},
		flow{name: "reclone at the root", side: "slave", before: true},
		flow{name: "reclone of an adopted volume", side: "slave", before: true, adopted: true, short: true},
		flow{name: "layout migration", side: "master", before: true, adopted: true, command: "migrate-layout", short: true},
	)
}

func (f flow) standby() bool { return f.side == "slave" }

// settings are the arguments of docker run for a container on a volume.
func (f flow) settings(l *lab, volume string) []string {
	args := append([]string{"--label", labelled(), "--no-healthcheck", "--network", l.network, "--volume", filepath.Join(l.folder, volume) + ":" + mounted,
		"--env", "POSTGRES_DB=torture", "--env", "LOCK_WAIT=5s"}, labSecrets...)
	if f.standby() {
		args = append(args, "--env", "MASTER_SERVER=upstream")
	}
	if f.place == "" && !f.adopted {
		args = append(args, "--env", "PGDATA="+mounted)
	}
	return args
}

// volume makes the volume of one trial, with what lies there before.
func (l *lab) volume(f flow) string {
	l.t.Helper()
	l.trials++
	name := fmt.Sprintf("volume-%d", l.trials)
	l.helper.Exec("mkdir", "/lab/"+name)
	if f.before {
		l.helper.Exec("cp", "--archive", "--no-target-directory", "/lab/old", "/lab/"+name+f.place)
	}
	return name
}

// makeOld makes the cluster that lies on some volumes before: one with rows,
// as the official image keeps it, of a server that was shut down.
func (l *lab) makeOld() {
	l.t.Helper()
	l.helper.Exec("install", "-d", "-o", "postgres", "-g", "postgres", "/lab/old")
	if said, err := docker("exec", "--user", "postgres", l.helper.ID, "sh", "-c", `initdb --wal-segsize=1 --pgdata /lab/old && echo "host all all all md5" >> /lab/old/pg_hba.conf &&
		echo "CREATE TABLE ledger AS SELECT g AS line, md5(g::text) AS entry FROM generate_series(1, 5000) g" |
		postgres --single -D /lab/old postgres`); err != nil {
		l.t.Fatalf("make the old cluster: %v\n%s", err, said)
	}
	seen := l.look("old")
	l.old.id, l.old.files = seen.clusters["."], seen.files
	if l.old.id == "" || len(l.old.files) < 500 {
		l.t.Fatalf("the old cluster %q has %d files", l.old.id, len(l.old.files))
	}
}

// contents is what the helper finds on a volume.
type contents struct {
	phase    string            // of the journal
	clusters map[string]string // system identifier of each data directory that postgres would start read-write
	files    map[string]string // checksum of each file
	folders  []string          // what is left in the state directory
}

// look runs in a volume. A cluster's system identifier is the first number of pg_control.
const look = `cd /lab/"$1" && shift
find . -maxdepth 3 -name journal.json -exec sed -n 's/.*"phase": "\(.*\)".*/phase \1/p' {} +
for dir; do
	if [ -e "$dir/PG_VERSION" ] && [ -e "$dir/global/pg_control" ] && [ ! -e "$dir/standby.signal" ]; then
		echo cluster "$dir" "$(od -A n -t u8 -N 8 "$dir/global/pg_control")"
	fi
done
find . -maxdepth 3 -type d \( -name 'clone-*' -o -name 'init-*' -o -name 'migrate-*' \) -exec echo folder {} \;
find . -type f -exec sha256sum {} +`

var sums = regexp.MustCompile(`^([0-9a-f]{64})  \./(.*)$`)

func (l *lab) look(volume string) contents {
	l.t.Helper()
	s := contents{clusters: map[string]string{}, files: map[string]string{}}
	for line := range strings.Lines(l.helper.Exec("sh", "-c", look, "look", volume, ".", "."+inside)) {
		line = strings.TrimSpace(line)
		words := strings.Fields(line)
		if sum := sums.FindStringSubmatch(line); sum != nil {
			s.files[sum[2]] = sum[1]
			continue
		}
		switch {
		case len(words) == 2 && words[0] == "phase":
			s.phase = words[1]
		case len(words) == 3 && words[0] == "cluster":
			s.clusters[words[1]] = words[2]
		case len(words) == 2 && words[0] == "folder":
			s.folders = append(s.folders, words[1])
		default:
			l.t.Fatalf("the helper says %q", line)
		}
	}
	return s
}

// missing names a file of the old cluster whose bytes are nowhere on the volume.
func (s contents) missing(old map[string]string) string {
	there := map[string]int{}
	for _, sum := range s.files {
		there[sum]++
	}
	for name, sum := range old {
		if there[sum]--; there[sum] < 0 {
			return name
		}
	}
	return ""
}

// holds names a file of the old cluster that is not in dir as it was.
func (s contents) holds(dir string, old map[string]string) string {
	for name, sum := range old {
		if s.files[filepath.Join(dir, name)] != sum {
			return name
		}
	}
	return ""
}
