package upstream

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
)

func TestAWaitForItselfEnds(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := uint16(listener.Addr().(*net.TCPAddr).Port)
	listener.Close()
	cfg := config.Config{MasterServer: "127.0.0.1", MasterPort: port, ReplicationUser: "r"}
	up := New(&node.Node{Log: zerolog.Nop(), Config: cfg}, []string{"-p", strconv.Itoa(int(port))})
	if err := up.Await(t.Context()); err != nil {
		t.Error(err)
	}
	if reason, self := up.Self(); !self || reason == "" {
		t.Errorf("it is not known to be itself: %q", reason)
	}
}

func TestWhatStopsNothingIsLogged(t *testing.T) {
	for _, c := range []struct {
		title    string
		upstream pg.Server
		want     string
	}{
		{"commits wait for others", pg.Server{Major: 13, Settings: pg.Settings{"synchronous_standby_names": "ANY 1 (db3)"}}, "wait for other standbys"},
		{"commits wait for this one", pg.Server{Major: 13, Settings: pg.Settings{"synchronous_standby_names": "db2"}}, "!wait for other standbys"},
		{"commits wait for any", pg.Server{Major: 13, Settings: pg.Settings{"synchronous_standby_names": "*"}}, "!wait for other standbys"},
		{"another distribution", pg.Server{Major: 13, Version: "13.1 (Debian 13.1-1.pgdg70+1)"}, "sorts text differently"},
		{"a version of the future", pg.Server{Major: 19, Version: "19beta1"}, "not known here"},
		{"a version of now", pg.Server{Major: 18, Version: "18.1"}, "!not known here"},
	} {
		var out bytes.Buffer
		New(&node.Node{Log: zerolog.New(&out), Slot: "db2"}, nil).remark(c.upstream)
		want, absent := strings.CutPrefix(c.want, "!")
		if strings.Contains(out.String(), want) == absent {
			t.Errorf("%s: said\n%s", c.title, out.String())
		}
	}
}
