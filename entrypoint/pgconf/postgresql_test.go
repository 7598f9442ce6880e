package pgconf

import (
	"pgreplica/integration/realpg"

	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPostgreSQLReadsWhatWeWrite(t *testing.T) {
	c := realpg.New(t)
	initdbs := c.Read("postgresql.conf")
	initdbsHBA := c.Read("pg_hba.conf")
	if HasReplicationLine(initdbsHBA) {
		t.Error("initdb's lines for the loopback decide who replicates")
	}

	t.Run("the user's line wins", func(t *testing.T) {
		for _, users := range []string{initdbs, shipped(t, "master", "postgresql.conf"), shipped(t, "slave", "postgresql.conf")} {
			c.Write("postgresql.conf", InstalledConf(ManagedConf(1<<30), users+"max_wal_senders = 20\n"))
			for name, want := range map[string]string{"max_wal_senders": "20", "wal_keep_size": "102", "max_slot_wal_keep_size": "256",
				"wal_log_hints": "on", "hot_standby_feedback": "on", "listen_addresses": "*", "password_encryption": "scram-sha-256"} {
				if got := c.Show(name); got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
		}
	})
	t.Run("a copied file loses what is the primary's", func(t *testing.T) {
		copied := "Cluster_Name'primary'\nrecovery_target_lsn '0/1'\n synchronous_standby_names='*'\n" +
			"primary_conninfo = 'host=it''s' # '\narchive_mode 'al\\167ays'\nmax_connections=70\n"
		standby, _ := StandbyConf(copied)
		c.Write("postgresql.conf", standby)
		for name, want := range map[string]string{"cluster_name": "", "recovery_target_lsn": "", "synchronous_standby_names": "",
			"primary_conninfo": "", "archive_mode": "on", "max_connections": "70"} {
			if got := c.Show(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	})
	t.Run("a value keeps each character", func(t *testing.T) {
		for _, want := range []string{"host=primary", `it's \ "quoted" #1`, "a\nb\tc", `\'`, `''`, "ñandú=1"} {
			c.Write("postgresql.auto.conf", AutoConf("primary_conninfo = 'x'", map[string]string{"primary_conninfo": want}))
			if got := c.Show("primary_conninfo"); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
	t.Run("access files have no error", func(t *testing.T) {
		block := ManagedHBA(`a "b",#c`, true, "all", []string{"samenet", "all", "db.example.com", ".example.com", "10.0.0.0/24", "::1/128", "2001:db8::/64"})
		for name, users := range map[string]string{"initdb": initdbsHBA + HostHBA("trust"),
			"master": shipped(t, "master", "pg_hba.conf"), "slave": shipped(t, "slave", "pg_hba.conf")} {
			c.Write("pg_hba.conf", InstalledHBA(block, users))
			if got := c.Single("select coalesce(string_agg(line_number || ': ' || error, ', '), 'none') from pg_hba_file_rules where error is not null"); got != "none" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if got, want := c.Single("select user_name[1] from pg_hba_file_rules where auth_method = 'peer'"), `a "b",#c`; got != want {
			t.Errorf("got the role %s, want %s", got, want)
		}
	})
}

func TestOurLoginStandsBeforeTheUsersFile(t *testing.T) {
	c := realpg.New(t)
	if me, err := user.Current(); err != nil || me.Username != "root" && me.Username != "postgres" {
		t.Skip("needs to be root or postgres")
	}
	c.Write("pg_hba.conf", InstalledHBA(ManagedHBA("postgres", true, "", nil), "local all all reject\n"))
	c.Write("pg_ident.conf", InstalledIdent(ManagedIdent("postgres", ""), ""))
	server := c.Command("postgres", "-D", c.Dir, "-c", "listen_addresses=", "-k", c.Dir)
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
		psql := exec.Command(filepath.Join(c.Bin, "psql"), "-XAt", "-h", c.Dir, "-U", "postgres", "-c", "select current_user")
		if out, err = psql.CombinedOutput(); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if got := strings.TrimSpace(string(out)); got != "postgres" {
		t.Errorf("got %q, want postgres", got)
	}
}
