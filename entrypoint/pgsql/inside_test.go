package pgsql

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgreplica/entrypoint/pg"
)

func lookInside(t *testing.T, s *server) pg.Inside {
	t.Helper()
	conn := s.connect(t)
	ctx := within(t, 5*time.Second)
	health, err := Look(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	inside, err := LookInside(ctx, conn, health.Major)
	if err != nil {
		t.Fatal(err)
	}
	return inside
}

func TestASuperuserReadsWhatAStandbyCannotAsk(t *testing.T) {
	s := startServer(t, []string{"host all all 10.0.0.0/8 trust"}, "max_wal_senders=7")
	hba, err := os.OpenFile(filepath.Join(s.data, "pg_hba.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer hba.Close()
	if _, err := hba.WriteString("host all all nowhere\n"); err != nil {
		t.Fatal(err)
	}
	s.sql(t, "CREATE ROLE guest LOGIN SUPERUSER PASSWORD 'guest'", "CREATE ROLE careful LOGIN REPLICATION PASSWORD 'kept to itself'",
		"SET password_encryption = md5; CREATE ROLE older LOGIN REPLICATION PASSWORD 'adempiere@123'", "CREATE ROLE app LOGIN PASSWORD 'app'", "CREATE ROLE staff", "GRANT staff TO older", "CREATE DATABASE erp",
		"CREATE COLLATION spanish (provider = icu, locale = 'es')", "UPDATE pg_collation SET collversion = '1.0' WHERE collname = 'spanish'")
	inside := lookInside(t, s)
	if inside.Settings["max_wal_senders"] != "7" || inside.Settings["max_standby_streaming_delay"] == "" {
		t.Errorf("settings: got %v", inside.Settings)
	}
	if inside.Bootstrap != "postgres" || !slices.Contains(inside.Databases, "erp") || inside.Ahead != nil {
		t.Errorf("got %+v", inside)
	}
	if want := []string{"guest", "postgres"}; !slices.Equal(inside.Superusers, want) {
		t.Errorf("superusers: got %v, want %v", inside.Superusers, want)
	}
	if want := []string{"guest", "older"}; !slices.Equal(inside.Guessable, want) {
		t.Errorf("guessable: got %v, want %v", inside.Guessable, want)
	}
	if len(inside.MD5) != 2 || inside.MD5[0].Replicates || !inside.MD5[1].Replicates || !slices.Equal(inside.MD5[1].Groups, []string{"older", "staff"}) || inside.Hidden {
		t.Errorf("stored as md5: got %+v", inside.MD5)
	}
	if want := []string{"collation spanish"}; !slices.Equal(inside.Stale, want) {
		t.Errorf("stale: got %v, want %v", inside.Stale, want)
	}
	all, line := []string{"all"}, pg.HBALine{Line: 3, Users: "all", Address: "10.0.0.0", Method: "trust", Type: "host", Netmask: "255.0.0.0"}
	line.Databases, line.Roles = all, all
	if len(inside.HBA) != 2 || !reflect.DeepEqual(inside.HBA[0], line) || !strings.Contains(inside.HBA[1].Error, "end-of-line") {
		t.Errorf("pg_hba.conf: got %+v", inside.HBA)
	}
}

// A database that was made with a locale which this machine lacks cannot be opened.
func TestEachDatabaseIsOpened(t *testing.T) {
	s := startServer(t, nil)
	s.sql(t, "CREATE DATABASE abroad", "CREATE DATABASE busy", "CREATE DATABASE erp", "CREATE DATABASE closed ALLOW_CONNECTIONS false",
		"UPDATE pg_database SET datcollate = 'xx_XX.UTF-8' WHERE datname = 'abroad'")
	conn := s.connect(t)
	unopened, err := OpenEach(within(t, 5*time.Second), conn)
	if err != nil || len(unopened) != 1 || unopened[0].Name != "abroad" || unopened[0].Unknown || !strings.Contains(unopened[0].Why, `LC_COLLATE "xx_XX.UTF-8"`) {
		t.Errorf("got %+v, %v", unopened, err)
	}
	s.sql(t, "CREATE ROLE plain LOGIN", "UPDATE pg_database SET datconnlimit = 0 WHERE datname = 'busy'")
	plain, err := Local(within(t, 5*time.Second), s.dir, s.port, "plain", "postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close(t.Context())
	unopened, err = OpenEach(within(t, 5*time.Second), plain)
	if err != nil || len(unopened) != 2 || unopened[1].Name != "busy" || !unopened[1].Unknown {
		t.Errorf("got %+v, %v", unopened, err)
	}
	late := whyUnopened("erp", context.DeadlineExceeded)
	if !late.Unknown {
		t.Errorf("got %+v", late)
	}
}

func TestWhereAServerListensIsRead(t *testing.T) {
	s := startServer(t, nil)
	if l := lookInside(t, s).Listening; l.Addresses == "" || l.Port != int(s.port) || l.PortFrom == "default" {
		t.Errorf("got %+v", l)
	}
}

func TestWhatARoleMayNotReadIsUnknown(t *testing.T) {
	s := startServer(t, nil)
	s.sql(t, "CREATE ROLE plain LOGIN PASSWORD 'plain'")
	conn, err := Local(within(t, 5*time.Second), s.dir, s.port, "plain", "postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	inside, err := LookInside(within(t, 5*time.Second), conn, 13)
	if err != nil || inside.HBA != nil || !inside.Hidden || inside.Guessable != nil || inside.Settings["wal_level"] == "" {
		t.Errorf("got %+v, %v", inside, err)
	}
}

func TestAPasswordIsKnownByItsVerifier(t *testing.T) {
	scram, err := Verifier("it's mine")
	if err != nil {
		t.Fatal(err)
	}
	const md5 = "md562afdfe20a1c784ba2b2f053cb9219ef"
	for _, c := range []struct {
		stored, password string
		want             bool
	}{
		{scram, "it's mine", true}, {scram, "another", false}, {scram[:len(scram)-4], "it's mine", false},
		{md5, "it's mine", true}, {md5, "another", false}, {"", "", false}, {"SCRAM-SHA-256$9999999:c2FsdA==$a:b", "slow", false},
	} {
		if got := IsPassword(c.stored, "role", c.password); got != c.want {
			t.Errorf("%.20s… and %q: got %v, want %v", c.stored, c.password, got, c.want)
		}
	}
}

func TestALinkSaysWhetherItIsEncryptedAndPublic(t *testing.T) {
	s := startServer(t, []string{"host replication all 127.0.0.1/32 trust"})
	session := open(t, s.upstream("postgres", ""))
	if link := session.Link(); link.Encrypted || link.Public {
		t.Errorf("got %+v of a plain local connection", link)
	}
	session.Close()
	if link := session.Link(); link != (Link{}) {
		t.Errorf("got %+v of none", link)
	}
}

func TestAnArchiveThatFailsAndDataThatIsDamagedAreSeen(t *testing.T) {
	s := startServer(t, []string{everybody}, "archive_mode=on", "archive_command=false")
	s.sql(t, "CREATE TABLE t AS SELECT 1 AS n", "CHECKPOINT", "SELECT pg_switch_wal()")
	s.awaitTrue(t, "(SELECT failed_count > 0 FROM pg_stat_archiver)")
	inside := lookInside(t, s)
	if a := inside.Archive; a == nil || a.Disabled || !a.Failing || a.Failed == 0 || a.LastFailed == "" || !a.LastArchived.IsZero() || a.Waiting < 16<<20 {
		t.Errorf("got %+v", a)
	}
	if len(inside.Damaged) > 0 {
		t.Errorf("got %+v of a server without checksums", inside.Damaged)
	}
	if other := lookInside(t, startServer(t, nil)); other.Archive != nil {
		t.Errorf("without archive_mode: got %+v", other.Archive)
	}
}
