package node

import (
	"bytes"
	"strings"
	"testing"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/pg"
)

// TestACommandInAHintCanBeCopied logs commands with each kind of quotes, and a text of
// a stranger's.
func TestACommandInAHintCanBeCopied(t *testing.T) {
	for _, c := range []struct{ hint, want string }{
		{"Start it: " + pg.Master.Up(), `hint="Start it: docker compose up -d master"`},
		{pg.Master.Psql("SELECT 'x'"), `hint="docker compose exec master psql -U postgres -c 'SELECT '\''x'\'''"`},
		{pg.Master.Exec(`psql -c "SELECT 1"`), `hint="docker compose exec master psql -c "SELECT 1""`},
		{"two\nlines, \x1b[31mred \u202e\x00", `hint="two\nlines, \x1b[31mred \u202e\x00"`},
		{"plain", "hint=plain"},
	} {
		var out bytes.Buffer
		log := NewLog(&out, config.Config{LogLevel: "info"}, 1)
		log.Warn().Str("hint", c.hint).Int("exit", 3).Strs("peers", []string{"a", "b"}).Msg("said")
		if !strings.HasSuffix(out.String(), "WARNING:  pgreplica: said "+c.want+" exit=3 peers=[\"a\",\"b\"]\n") {
			t.Errorf("%q\ngot  %swant %s", c.hint, out.String(), c.want)
		}
	}
}
