package realpg

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// A Server is a PostgreSQL that runs until its test ends. It listens on a socket
// in Socket and on 127.0.0.1, and lets everybody in without a password.
type Server struct {
	Socket string
	Port   uint16
}

// Start runs the cluster's server with settings such as max_wal_senders=3.
func (c *Cluster) Start(t *testing.T, settings ...string) Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	s := Server{Socket: c.socketDir(t), Port: uint16(listener.Addr().(*net.TCPAddr).Port)}
	options := "-F -h 127.0.0.1 -k " + s.Socket + " -p " + strconv.Itoa(int(s.Port))
	for _, setting := range settings {
		options += " -c " + setting
	}
	log := filepath.Join(filepath.Dir(c.Dir), "log")
	if out, err := c.Command("pg_ctl", "-D", c.Dir, "-w", "-l", log, "-o", options, "start").CombinedOutput(); err != nil {
		text, _ := os.ReadFile(log)
		t.Fatalf("pg_ctl start: %v\n%s%s", err, out, text)
	}
	t.Cleanup(func() {
		if out, err := c.Command("pg_ctl", "-D", c.Dir, "-w", "-m", "immediate", "stop").CombinedOutput(); err != nil {
			t.Errorf("pg_ctl stop: %v\n%s", err, out)
		}
	})
	return s
}

// socketDir makes a folder for the socket, whose path may have 107 bytes at most:
// that of t.TempDir has the name of the test in it.
func (c *Cluster) socketDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "realpg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if c.credential != nil {
		if err := os.Chown(dir, int(c.credential.Uid), int(c.credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
