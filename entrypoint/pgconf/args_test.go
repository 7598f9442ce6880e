package pgconf

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestLimitsAreReadAsPostgreSQLReadsThem(t *testing.T) {
	for _, c := range []struct {
		title, conf, auto string
		args              []string
		want              string // of max_connections, or unsure
	}{
		{"the default", "#max_connections = 5\n", "", nil, "100"},
		{"the last line", "max_connections = 5\nMax_Connections '70' # c\n", "", nil, "70"},
		{"ALTER SYSTEM over the file", "max_connections = 5\n", "max_connections = '80'\n", nil, "80"},
		{"-c over all", "max_connections = 5\n", "max_connections = 80\n", []string{"-c", "max_connections=90"}, "90"},
		{"-c in one word", "", "", []string{"-cmax_connections=91"}, "91"},
		{"a long option", "", "", []string{"--max-connections=92"}, "92"},
		{"-N", "", "", []string{"-N", "93"}, "93"},
		{"the last argument", "", "", []string{"-N93", "-c", "max_connections=94"}, "94"},
		{"the value of another option", "", "", []string{"-k", "-N", "-i", "-p", "5433"}, "100"},
		{"a file that includes another", "include_if_exists = 'more.conf'\n", "", nil, "unsure"},
		{"another file", "", "", []string{"-c", "config_file=/etc/p.conf"}, "unsure"},
		{"another directory", "", "", []string{"-D", "/elsewhere"}, "unsure"},
		{"options in one word", "", "", []string{"-iN50"}, "unsure"},
		{"a number in base 16", "max_connections = 0x64\n", "", nil, "unsure"},
		{"a number in base 8", "max_connections = 0144\n", "", nil, "unsure"},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"postgresql.conf": c.conf, "postgresql.auto.conf": c.auto} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		limits, sure := ConfiguredLimits(dir, c.args)
		want, _ := strconv.Atoi(c.want)
		if sure != (c.want != "unsure") || sure && limits["max_connections"] != want {
			t.Errorf("%s: got %d (sure: %v), want %s", c.title, limits["max_connections"], sure, c.want)
		}
	}
}
