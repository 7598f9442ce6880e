package pg

import "testing"

func TestCommandsAreTypedAsComposeHasThem(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Standby.Service().Exec("pgreplica status"), "docker compose exec slave pgreplica status"},
		{Primary.Service().ExecAs("postgres", "sh"), "docker compose exec -u postgres master sh"},
		{Slave.Run("plan"), "docker compose run --rm slave plan"},
		{Master.RunAs("root", "chown -R 999:999 /data"), "docker compose run --rm --user root master chown -R 999:999 /data"},
		{Master.Psql("SELECT 'it''s'"), `docker compose exec master psql -U postgres -c 'SELECT '\''it'\'''\''s'\'''`},
		{All.Up() + " && " + All.Restart(), "docker compose up -d && docker compose restart"},
		{All.Rebuild() + "; " + Slave.Refresh(), "docker compose up -d --build; docker compose build --pull slave"},
		{Slave.Stop() + "; " + Slave.Log() + "; " + Slave.LogTail(), "docker compose stop slave; docker compose logs slave; docker compose logs --tail 20 slave"},
		{Slave.Copy("/my data", "./kept"), "docker compose cp --archive slave:'/my data' ./kept"},
		{All.List(), "docker compose ps"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestAWordIsQuotedWhereAShellWouldTakeItForMore(t *testing.T) {
	for text, want := range map[string]string{
		"/data/data_old-20260101T000000Z": "/data/data_old-20260101T000000Z",
		"my data":                         "'my data'", "it's": `'it'\''s'`, "$HOME": "'$HOME'", "": "''", "ñ": "'ñ'",
	} {
		if got := ShellWord(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
