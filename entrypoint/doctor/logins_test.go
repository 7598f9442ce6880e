package doctor

import (
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestTheFirstLineThatFitsDecidesWhetherAPasswordIsTaken(t *testing.T) {
	app := pg.MD5Role{Name: "app", Groups: []string{"app", "staff"}}
	copier := pg.MD5Role{Name: "copy", Groups: []string{"copy"}, Replicates: true}
	scram := hbaLine("all", "all", "all", "scram-sha-256")
	tls := hbaLine("all", "all", "all", "md5")
	tls.Type = "hostssl"
	unused := tls
	unused.Never = true
	v4 := func(method string) pg.HBALine {
		line := hbaLine("all", "all", "0.0.0.0", method)
		line.Netmask = "0.0.0.0"
		return line
	}
	inside := hbaLine("all", "all", "10.0.0.0", "scram-sha-256")
	inside.Netmask = "255.0.0.0"
	for _, c := range []struct {
		what  string
		role  pg.MD5Role
		lines []pg.HBALine
		want  Level
	}{
		{"scram for everybody", app, []pg.HBALine{scram}, Critical},
		{"md5 takes both", app, []pg.HBALine{hbaLine("all", "all", "all", "md5"), scram}, OK},
		{"another role's line", app, []pg.HBALine{hbaLine("all", "boss", "all", "scram-sha-256"), hbaLine("all", "all", "all", "md5")}, OK},
		{"a group's line", app, []pg.HBALine{hbaLine("all", "boss,+staff", "all", "scram-sha-256")}, Critical},
		{"a line for a pattern", app, []pg.HBALine{hbaLine("erp", "/^a", "all", "scram-sha-256")}, Critical},
		{"a network's line before", app, []pg.HBALine{inside, hbaLine("all", "all", "all", "md5")}, Warning},
		{"a network's line after", app, []pg.HBALine{v4("md5"), inside}, OK},
		{"one database only", app, []pg.HBALine{hbaLine("erp", "all", "all", "md5"), scram}, Warning},
		{"the same database twice", app, []pg.HBALine{hbaLine("erp,crm", "all", "all", "md5"), hbaLine("erp", "all", "all", "scram-sha-256")}, OK},
		{"with TLS only", app, []pg.HBALine{tls, scram}, Warning},
		{"TLS that is not there", app, []pg.HBALine{unused, scram}, Critical},
		{"rejected anyway", app, []pg.HBALine{hbaLine("all", "app", "all", "reject"), scram}, OK},
		{"from this machine", app, []pg.HBALine{hbaLine("all", "all", "127.0.0.1", "scram-sha-256"), hbaLine("all", "all", "all", "md5")}, OK},
		{"a replication line is no client's", app, []pg.HBALine{hbaLine("replication", "all", "all", "scram-sha-256"), hbaLine("all", "all", "all", "md5")}, OK},
		{"the replication role", copier, []pg.HBALine{hbaLine("replication", "copy", "samenet", "scram-sha-256"), hbaLine("all", "all", "all", "md5")}, Critical},
		{"a line for all databases is not for replication", copier, []pg.HBALine{scram, hbaLine("replication", "copy", "all", "md5")}, OK},
	} {
		s := well(pg.Primary)
		s.Inside.HBA, s.Inside.MD5 = c.lines, []pg.MD5Role{c.role}
		got := clientLogin(s)
		if got.Level != c.want || c.want != OK && (!strings.Contains(got.Text, c.role.Name) || !strings.Contains(got.Fix, "docker compose exec master")) {
			t.Errorf("%s: got %s %q, fix %q, want %s", c.what, got.Level, got.Text, got.Fix, c.want)
		}
	}
}

func TestAdviceDoesNotLockOutWhoHasAPasswordOfOld(t *testing.T) {
	s := well(pg.Standby)
	s.Inside.MD5 = []pg.MD5Role{{Name: "app"}}
	s.Upstream.Settings = settings("password_encryption", "md5") // a new password would be stored as md5 again
	if fix := clientLogin(s).Fix; strings.Contains(fix, "password app") {
		t.Errorf("got %s", fix)
	}
	s.Upstream.Settings = settings("password_encryption", "scram-sha-256")
	if fix := clientLogin(s).Fix; !strings.Contains(fix, `\password app`) {
		t.Errorf("got %s", fix)
	}
	s.Inside.HBA = []pg.HBALine{hbaLine("all", "all", "all", "trust")}
	if fix := trust(s).Fix; !strings.Contains(fix, "Replace trust by md5") {
		t.Errorf("got %s", fix)
	}
}

func TestTheFileToEditIsTheOneThatIsUsed(t *testing.T) {
	s := well(pg.Standby)
	s.Inside.MD5 = []pg.MD5Role{{Name: "app"}}
	if fix := clientLogin(s).Fix; !strings.Contains(fix, `docker compose exec slave sh -c 'sed -i "9s/scram-sha-256/md5/" "$PGDATA/pg_hba.conf"' && `) || !strings.Contains(fix, "docker compose exec slave pgreplica apply") {
		t.Errorf("none is mounted: %s", fix)
	}
	s.Files = []File{{Name: "pg_hba.conf"}}
	if fix := clientLogin(s).Fix; !strings.Contains(fix, "of the mounted pg_hba.conf") {
		t.Errorf("one is mounted: %s", fix)
	}
}
