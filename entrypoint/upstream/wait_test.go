package upstream

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

func nobodyListens() error {
	return &pgsql.Failure{Fault: pg.Fault{ID: "refused", Text: "nothing listens", Err: syscall.ECONNREFUSED}, Class: pgsql.Transient}
}

func TestAServerIsToldFromItsNeighbour(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "postgresql.conf"), []byte("port = 6000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		host string
		port uint16
		args []string
		err  error
		want string
	}{
		{"127.0.0.1", 6000, nil, nobodyListens(), "127.0.0.1 is 127.0.0.1, an address of this container, and port 6000 its own"},
		{"localhost", 6000, nil, nobodyListens(), "localhost is "},
		{"127.0.0.1", 5432, nil, nobodyListens(), ""},                              // on one host, ports tell servers apart
		{"127.0.0.1", 6000, []string{"-c", "port=6001"}, nobodyListens(), ""},      // ours is another
		{"127.0.0.1", 6001, []string{"-p", "6001"}, nobodyListens(), "127.0.0.1 "}, // it is this one
		{"192.0.2.1", 6000, nil, nobodyListens(), ""},
		{"no-such-host.invalid", 6000, nil, nobodyListens(), ""},
		{"127.0.0.1", 6000, nil, errors.New("anything else"), ""},
	} {
		cfg := config.Config{MasterServer: c.host, MasterPort: c.port}
		up := New(&node.Node{Config: cfg, Volume: pgdata.Layout{Dir: dir}}, c.args)
		if got := up.selfReason(context.Background(), c.err); got != c.want && (c.want == "" || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s:%d %q: got %q, want %q", c.host, c.port, c.args, got, c.want)
		}
	}
}

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

func TestWhatStopsNothingIsSaid(t *testing.T) {
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

func TestOnlyAPrimaryOnItsWayIsGivenAFewSeconds(t *testing.T) {
	fail := func(id string) error { return &pgsql.Failure{Fault: pg.Fault{ID: id}, Class: pgsql.Transient} }
	for _, c := range []struct {
		answer answer
		want   bool
	}{
		{answer{err: fail("starting")}, true},
		{answer{err: fail("refused")}, true},
		{answer{err: fail("dns")}, true},
		{answer{err: fail("timeout")}, false},
		{answer{err: fail("auth")}, false},
		{answer{err: fail("hba")}, false},
		{answer{err: fail("refused"), self: "it is this server"}, false},
	} {
		if got := (&Upstream{answer: &c.answer}).isOnItsWay(); got != c.want {
			t.Errorf("%v %s: got %v", c.answer.err, pgsql.IDOf(c.answer.err), got)
		}
	}
}
