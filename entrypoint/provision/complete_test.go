package provision

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
)

func TestACopyThatAsksForAMissingFileIsWarnedOfAndThenRefused(t *testing.T) {
	f, _ := newPlaced(t)
	var said bytes.Buffer
	f.Node.Log = zerolog.New(&said)
	f.TryCopy(t.Context())
	if err := f.CheckCopied(); err != nil || said.Len() > 0 {
		t.Errorf("nothing is missing: %v, and said\n%s", err, said.String())
	}
	put(t, filepath.Join(f.Dir, pgconf.ConfFile), "ssl = on\nssl_cert_file = '/nonexistent/server.crt'\n")
	f.TryCopy(t.Context())
	if !strings.Contains(said.String(), "/nonexistent/server.crt") {
		t.Errorf("said\n%s", said.String())
	}
	if err := f.CheckCopied(); pg.ExitStatus(err) != 78 || !strings.Contains(err.Error(), "/nonexistent/server.crt") {
		t.Errorf("got %v", err)
	}
	said.Reset()
	put(t, filepath.Join(f.Node.Config.ConfigDir, pgconf.ConfFile), "")
	if f.TryCopy(t.Context()); said.Len() > 0 {
		t.Errorf("a mounted file takes the place of the copied one, and said\n%s", said.String())
	}
}

func TestACopyDoesNotListenWhereItsPrimaryDid(t *testing.T) {
	f, _ := newPlaced(t)
	var said bytes.Buffer
	f.Node.Log = zerolog.New(&said)
	put(t, filepath.Join(f.Dir, pgconf.ConfFile), "listen_addresses = '10.0.0.11'\nport = 5433\n")
	put(t, filepath.Join(f.Dir, pgconf.AutoFile), "port = '5434'\nwork_mem = '8MB'\n")
	if err := f.LeaveOutPlace(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{pgconf.ConfFile: "*", pgconf.AutoFile: ""} {
		text, err := os.ReadFile(filepath.Join(f.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		port, _ := pgconf.Setting(string(text), "port")
		if addresses, _ := pgconf.Setting(string(text), "listen_addresses"); addresses != want || port != "" {
			t.Errorf("%s has\n%s", name, text)
		}
	}
	for _, line := range []string{"listen_addresses = '10.0.0.11'", "port = 5433", "port = '5434'"} {
		if !strings.Contains(said.String(), line) {
			t.Errorf("%s is not in\n%s", line, said.String())
		}
	}
}

func TestPathsOfThePrimarysHostAreLeftOutOfACopy(t *testing.T) {
	f, _ := newPlaced(t)
	var said bytes.Buffer
	f.Node.Log = zerolog.New(&said)
	path := filepath.Join(f.Dir, pgconf.ConfFile)
	put(t, path, "hba_file = '/etc/postgresql/pg_hba.conf'\nwork_mem = 8MB\n")
	if err := f.LeaveOutPaths(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if value, _ := pgconf.Setting(string(text), "hba_file"); value != "" {
		t.Errorf("the copy has\n%s", text)
	}
	if value, _ := pgconf.Setting(string(text), "work_mem"); value != "8MB" || !strings.Contains(said.String(), "hba_file") {
		t.Errorf("the copy has\n%sand said\n%s", text, said.String())
	}
}
