//go:build integration

package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// oldCompose is a server of the earlier project, at its place in its folder.
const oldCompose = `services:
  postgres:
    image: %IMAGE%
    user: postgres
    command: postgres -c wal_level=replica -c password_encryption=md5
    environment: {PGDATA: /var/lib/postgresql/data}
    volumes: ["%DATA%:/var/lib/postgresql/data"]
` + theWire

// theWire is what a server is reached by in the test, in place of a port of
// its host.
const theWire = `    networks: {default: {}, wire: {aliases: [%ALIAS%]}}
networks:
  wire: {name: %WIRE%, external: true}
`

// TestThePageOnMigratingMovesTheEarlierScripts types what the page says to type.
func TestThePageOnMigratingMovesTheEarlierScripts(t *testing.T) {
	t.Parallel()
	if volume != "/var/lib/postgresql/data" {
		t.Skip("the earlier project had no PostgreSQL 18")
	}
	at, wire := t.TempDir(), networkFor(t, "wire")
	blocks := commandsBelow(t, "../docs/migrating.md", "## From the earlier scripts")
	copyTree(t, "..", filepath.Join(at, "pgreplica"))
	master, slave := oldFolder(t, at, "postgres13-master", "pg-data", wire), oldFolder(t, at, "postgres13-slave", "postgres_backup_slave", wire)
	master.write(t, "initdb -D /data -A trust >/dev/null; printf 'host all all all md5\nhost replication postgres_replicator all md5\n' >>/data/pg_hba.conf")
	master.Compose("up", "--detach")
	old := master.Service("postgres")
	old.Answers()
	old.SQL("CREATE ROLE postgres_replicator LOGIN REPLICATION PASSWORD 'replicator'; CREATE ROLE adempiere SUPERUSER LOGIN PASSWORD 'adempiere@123'; CREATE TABLE kept AS SELECT 1 AS line")
	slave.write(t, "PGPASSWORD=replicator pg_basebackup -h postgres13-master -U postgres_replicator -D /data -R -X stream -C -S replication_slot_1 -c fast")
	slave.Compose("up", "--detach")

	master.follow(at, blocks[0])
	primary := master.Service("master")
	if got := primary.SQL("SELECT line FROM kept"); got != "1" {
		t.Errorf("the table holds %q", got)
	}
	follows(t, primary, slave.Service("postgres")) // the old slave has connected again

	slave.follow(at, blocks[1])
	standby := slave.Service("slave")
	follows(t, primary, standby)
	standby.NeverSaid("copying the primary")
	for _, server := range []Container{primary, standby} { // whose password is stored as md5, and stays so
		if said, err := server.tryExec("sh", "-c", `PGPASSWORD=adempiere@123 psql -XAtc "SELECT current_user" "host=$(hostname -i | cut -d' ' -f1) dbname=postgres user=adempiere"`); err != nil {
			t.Errorf("adempiere cannot log in: %s", said)
		}
	}
	if said := standby.Exec("cat", "/var/lib/postgresql/data/postgresql.auto.conf"); strings.Contains(said, "password=") {
		t.Errorf("the password is still in the volume:\n%s", said)
	}
}

// oldFolder is a folder of the earlier project, with its files as it shipped
// them. What starts in it goes when the test ends.
func oldFolder(t *testing.T, at, name, data, wire string) *Cluster {
	t.Helper()
	dir := filepath.Join(at, name)
	if err := os.MkdirAll(filepath.Join(dir, data), 0o777); err != nil {
		t.Fatal(err)
	}
	c := &Cluster{folder: newFolder(dir), t: t, project: own(name)}
	c.Set("COMPOSE_PROJECT_NAME=" + c.project)
	words := strings.NewReplacer("%IMAGE%", postgresImage, "%DATA%", "./"+data, "%ALIAS%", name, "%WIRE%", wire)
	c.Write("docker-compose.yml", words.Replace(oldCompose))
	env, side := oldSlave, "slave"
	if name == "postgres13-master" {
		env, side = oldMaster, "master"
		copyTree(t, "../compose/master/postgresql", filepath.Join(dir, "postgresql"))
	}
	c.Write(".env", env)
	c.Write("../pgreplica/compose/"+side+"/compose.override.yaml", words.Replace("services:\n  "+side+":\n"+theWire))
	t.Cleanup(func() {
		if t.Failed() {
			c.showLogs()
		}
		for _, container := range c.containers() {
			container.Docker("rm", "--force", "--volumes")
		}
		docker("volume", "rm", c.project+"_secrets")
		docker("image", "rm", "--force", "pgreplica-master:"+c.project, "pgreplica-slave:"+c.project)
		docker("network", "rm", c.project, c.project+"_default")
		empty(t, at)
	})
	return c
}

// write fills the data folder, as /data, with a command of PostgreSQL's.
func (c *Cluster) write(t *testing.T, command string) {
	t.Helper()
	data := regexp.MustCompile(`\./(\S+):/var`).FindStringSubmatch(c.Read("docker-compose.yml"))[1]
	dir := filepath.Join(c.dir, data)
	wire := regexp.MustCompile(`wire: {name: (\S+),`).FindStringSubmatch(c.Read("docker-compose.yml"))[1]
	if said, status := Run(t, "--network", wire, "--volume", dir+":/data", postgresImage, "sh", "-c",
		"chown postgres /data && chmod 700 /data && gosu postgres sh -c \""+strings.ReplaceAll(command, `"`, `\"`)+"\""); status != 0 {
		t.Fatal(said)
	}
}

// settings keep the servers of the test apart from this machine's others. The
// page builds images, which compose labels with its project: they have a tag of
// their own, or containers of other tests would seem to be of this one.
func (c *Cluster) settings() []string {
	return []string{"PGREPLICA_TAG=" + c.project, "COMPOSE_PROJECT_NAME=" + c.project, "NETWORK_NAME=" + c.project, "POSTGRES_PORT=127.0.0.1:0", "MASTER_SERVER=postgres13-master", "MASTER_PORT=5432"}
}

// commandsBelow are the blocks of commands in a section of a page.
func commandsBelow(t *testing.T, page, heading string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := regexp.MustCompile(`(?m)(^    .*\n)+`).FindAllString(section, -1)
	if len(blocks) < 2 {
		t.Fatalf("%s has %d blocks of commands below %s", page, len(blocks), heading)
	}
	return blocks
}

// follow runs the page's commands as a shell would that a person types them into.
func (c *Cluster) follow(dir, commands string) {
	c.t.Helper()
	defer c.forget()
	const dockerCompose = `set -e; docker() { if [ "$1" = compose ]; then shift; $COMPOSE "$@"; else command docker "$@"; fi; }` + "\n"
	command := exec.Command("bash", "-c", dockerCompose+commands)
	command.Dir, command.Env = dir, append(environment(), append(c.settings(), "COMPOSE="+strings.Join(compose(), " "))...)
	if said, err := output(command); err != nil {
		c.t.Fatalf("%s\n%v\n%s", commands, err, said)
	}
}
