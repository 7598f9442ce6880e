package pgdata

import (
	"bytes"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPostgreSQLReadsWhatWeWrite(t *testing.T) {
	c := newRealCluster(t)
	initdbs := c.read("postgresql.conf")
	initdbsHBA := c.read("pg_hba.conf")
	if HasReplicationLine(initdbsHBA) {
		t.Error("initdb's lines for the loopback decide who replicates")
	}

	t.Run("the user's line wins", func(t *testing.T) {
		for _, users := range []string{initdbs, shipped(t, "master", "postgresql.conf"), shipped(t, "slave", "postgresql.conf")} {
			c.write("postgresql.conf", InstalledConf(ManagedConf(1<<30), users+"max_wal_senders = 20\n"))
			for name, want := range map[string]string{"max_wal_senders": "20", "wal_keep_size": "102", "max_slot_wal_keep_size": "256",
				"wal_log_hints": "on", "hot_standby_feedback": "on", "listen_addresses": "*", "password_encryption": "scram-sha-256"} {
				if got := c.show(name); got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
		}
	})
	t.Run("a copied file loses what is the primary's", func(t *testing.T) {
		copied := "Cluster_Name'primary'\nrecovery_target_lsn '0/1'\n synchronous_standby_names='*'\n" +
			"primary_conninfo = 'host=it''s' # '\narchive_mode 'al\\167ays'\nmax_connections=70\n"
		standby, _ := StandbyConf(copied)
		c.write("postgresql.conf", standby)
		for name, want := range map[string]string{"cluster_name": "", "recovery_target_lsn": "", "synchronous_standby_names": "",
			"primary_conninfo": "", "archive_mode": "on", "max_connections": "70"} {
			if got := c.show(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	})
	t.Run("a value keeps each character", func(t *testing.T) {
		for _, want := range []string{"host=primary", `it's \ "quoted" #1`, "a\nb\tc", `\'`, `''`, "ñandú=1"} {
			c.write("postgresql.auto.conf", AutoConf("primary_conninfo = 'x'", map[string]string{"primary_conninfo": want}))
			if got := c.show("primary_conninfo"); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
	t.Run("access files have no error", func(t *testing.T) {
		block := ManagedHBA(`a "b",#c`, true, "all", []string{"samenet", "all", "db.example.com", ".example.com", "10.0.0.12/24", "::1", "2001:db8::5/64", "a b"})
		for name, users := range map[string]string{"initdb": initdbsHBA + HostHBA("trust"),
			"master": shipped(t, "master", "pg_hba.conf"), "slave": shipped(t, "slave", "pg_hba.conf")} {
			c.write("pg_hba.conf", InstalledHBA(block, users))
			if got := c.single("select coalesce(string_agg(line_number || ': ' || error, ', '), 'none') from pg_hba_file_rules where error is not null"); got != "none" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if got, want := c.single("select user_name[1] from pg_hba_file_rules where auth_method = 'peer'"), `a "b",#c`; got != want {
			t.Errorf("got the role %s, want %s", got, want)
		}
	})
}

func TestOurLoginStandsBeforeTheUsersFile(t *testing.T) {
	c := newRealCluster(t)
	if me, err := user.Current(); err != nil || me.Username != "root" && me.Username != "postgres" {
		t.Skip("needs to be root or postgres")
	}
	c.write("pg_hba.conf", InstalledHBA(ManagedHBA("postgres", true, "", nil), "local all all reject\n"))
	c.write("pg_ident.conf", InstalledIdent(ManagedIdent("postgres", ""), ""))
	server := c.command("postgres", "-D", c.dir, "-c", "listen_addresses=", "-k", c.dir)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = server.Process.Signal(syscall.SIGQUIT)
		_ = server.Wait()
	}()
	var out []byte
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var err error
		psql := exec.Command(filepath.Join(c.bin, "psql"), "-XAt", "-h", c.dir, "-U", "postgres", "-c", "select current_user")
		if out, err = psql.CombinedOutput(); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if got := strings.TrimSpace(string(out)); got != "postgres" {
		t.Errorf("got %q, want postgres", got)
	}
}

// A realCluster is a data directory made by an installed PostgreSQL.
type realCluster struct {
	t        *testing.T
	bin, dir string
	as       *syscall.Credential // because PostgreSQL refuses to run as root
}

func newRealCluster(t *testing.T) *realCluster {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Skip("needs PostgreSQL")
	}
	c := &realCluster{t: t, bin: filepath.Dir(found[len(found)-1]), dir: filepath.Join(t.TempDir(), "pgdata")}
	if os.Getuid() == 0 {
		c.as = postgresOwns(t, filepath.Dir(c.dir))
	}
	if out, err := c.command("initdb", "-D", c.dir, "-U", "postgres", "-N").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	return c
}

// postgresOwns gives dir to the user postgres, and a way to it.
func postgresOwns(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	postgres, err := user.Lookup("postgres")
	if err != nil {
		t.Skip("needs the user postgres")
	}
	uid, _ := strconv.Atoi(postgres.Uid)
	gid, _ := strconv.Atoi(postgres.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (c *realCluster) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, program), args...)
	cmd.Dir = filepath.Dir(c.dir)
	cmd.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	return cmd
}

func (c *realCluster) read(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

func (c *realCluster) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *realCluster) show(setting string) string {
	c.t.Helper()
	var stderr bytes.Buffer
	cmd := c.command("postgres", "-D", c.dir, "-C", setting)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		c.t.Fatalf("postgres -C %s: %v\n%s", setting, err, stderr.String())
	}
	return strings.TrimSuffix(string(out), "\n")
}

// single is the text that a query gives in single-user mode, where it is
// printed as `1: name = "text" (typeid …)`.
func (c *realCluster) single(query string) string {
	c.t.Helper()
	cmd := c.command("postgres", "--single", "-D", c.dir, "postgres")
	cmd.Stdin = strings.NewReader(query + "\n")
	out, err := cmd.CombinedOutput()
	_, text, found := strings.Cut(string(out), ` = "`)
	text, _, ended := strings.Cut(text, "\"\t(typeid")
	if err != nil || !found || !ended {
		c.t.Fatalf("%s: %v\n%s", query, err, out)
	}
	return text
}
