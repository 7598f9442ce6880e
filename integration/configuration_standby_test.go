//go:build integration

package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAStandbyInheritsNothingThatIsThePrimarysAlone(t *testing.T) {
	t.Parallel()
	a, b := newPair(t, "inherit")
	for _, setting := range []string{"cluster_name = 'boss'", "synchronous_standby_names = '*'", "restore_command = 'false'", "recovery_end_command = 'false'",
		"archive_cleanup_command = 'false'", "recovery_target_time = '2001-01-01'", "recovery_min_apply_delay = '1h'", "archive_mode = 'always'", "listen_addresses = 'localhost'", "port = 5433"} {
		a.SQL("ALTER SYSTEM SET " + setting) // as a file has it; the primary does not read it again
	}
	a.Exec("sh", "-c", `printf "\ndata_directory = '/nowhere'\ninclude_dir '/etc/postgresql/conf.d'\nhba_file = '/etc/postgresql/pg_hba.conf'\n" >> $PGDATA/postgresql.conf`)
	b.as("standby", "a")
	b.Healthy()
	for setting, want := range map[string]string{"synchronous_standby_names": "", "restore_command": "", "recovery_end_command": "", "archive_cleanup_command": "",
		"recovery_target_time": "", "recovery_min_apply_delay": "0", "archive_mode": "on", "listen_addresses": "*", "port": "5432", "data_directory": dataDir, "hba_file": dataDir + "/pg_hba.conf"} {
		if got := b.SQL("SHOW " + setting); got != want {
			t.Errorf("%s is %q on the standby, want %q", setting, got, want)
		}
	}
	if name := b.SQL("SHOW cluster_name"); name != b.SQL("SHOW primary_slot_name") {
		t.Errorf("the standby calls itself %s", name)
	}
	b.Says("left out a line that names a file of the primary's host")
	b.Says("left out a line that says where the primary is reached")
	follows(t, a.Container, b.Container)

	if said := doctor(t, b.Container, nil); !strings.Contains(said, "a promotion would be safe") {
		t.Errorf("doctor says\n%s", said)
	}
	a.SQL("CREATE DATABASE abroad")
	a.SQL("UPDATE pg_database SET datcollate = 'xx_XX.UTF-8' WHERE datname = 'abroad'")
	follows(t, a.Container, b.Container)
	if said := doctor(t, b.Container, nil); !strings.Contains(said, "a promotion would not be safe") || !strings.Contains(said, "RUN localedef -i xx_XX -f UTF-8 xx_XX.UTF-8") {
		t.Errorf("with a database that does not open doctor says\n%s", said)
	}
}

func TestWhatACopyLacksIsNamedAndNothingIsCopiedTwice(t *testing.T) {
	t.Parallel()
	a, b := newPair(t, "lacks")
	a.Exec("sh", "-c", `printf "\nssl = on\nssl_cert_file = '/certs/server.crt'\nssl_key_file = '/certs/server.key'\nshared_preload_libraries = 'nolib'\n" >> $PGDATA/postgresql.conf`)
	b.as("standby", "a")
	if status := b.ends(); status != "78" {
		t.Errorf("exit %s, want 78", status)
	}
	b.Says("the copy asks for what is not in this container", "ssl_cert_file is /certs/server.crt, and that is not there", "shared_preload_libraries names nolib")

	b.as("standby", "a")
	b.ends()
	b.NeverSaid("copying the primary")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "postgresql.conf"), []byte("work_mem = 8MB\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.mounts = append(b.mounts, folder+":/tmp/postgresql:ro")
	b.as("standby", "a")
	b.Healthy()
	b.NeverSaid("copying the primary")
	follows(t, a.Container, b.Container)
}

// debian makes and starts a primary whose configuration is not in its data.
const debian = `export PGDATA=/tmp/main; initdb -U postgres -A trust --no-sync >/dev/null && mkdir /tmp/etc &&
	mv $PGDATA/postgresql.conf $PGDATA/pg_hba.conf $PGDATA/pg_ident.conf /tmp/etc && cd /tmp &&
	echo 'host all all all scram-sha-256
host replication all all scram-sha-256' >> etc/pg_hba.conf &&
	set -- -D $PGDATA -c config_file=/tmp/etc/postgresql.conf -c hba_file=/tmp/etc/pg_hba.conf -c ident_file=/tmp/etc/pg_ident.conf -c password_encryption=scram-sha-256 &&
	echo "CREATE ROLE postgres_replicator LOGIN REPLICATION PASSWORD 'test-2'" | postgres --single "$@" postgres >/dev/null && exec postgres "$@" -c listen_addresses='*'`

func TestAPrimaryThatKeepsItsConfigurationElsewhereCanBeFollowed(t *testing.T) {
	t.Parallel()
	network := networkFor(t, "debian")
	a, b := newNode(t, network, "a"), newNode(t, network, "b")
	a.Container = Start(t, "--network", network, "--network-alias", "a", "--user", "postgres", "--entrypoint", "bash", image("master"), "-c", debian)
	b.as("standby", "a")
	b.Healthy()
	b.Says("the data directory came without this file, and got one of ours")
	for _, file := range []string{"postgresql.conf", "pg_hba.conf", "pg_ident.conf"} {
		b.Says("file=" + file)
	}
	follows(t, a.Container, b.Container)
	if said, err := b.tryExec("pgreplica", "status"); err != nil {
		t.Errorf("status: %v\n%s", err, said)
	}
	b.Docker("restart")
	b.Healthy()
	follows(t, a.Container, b.Container)
}
