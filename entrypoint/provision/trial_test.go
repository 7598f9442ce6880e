package provision

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgreplica/entrypoint/pgconf"
	"pgreplica/integration/realpg"
)

// asServer runs a postgres as the user postgres, whom it gives the data directory
// of a trial.
const asServer = `#!/bin/sh
test "$(id -u)" = 0 || exec BIN/postgres "$@"
case $2 in */pgreplica-trial-*) chown -hR postgres "$2";; esac
for arg; do case $arg in config_file=*) chown postgres "${arg#config_file=}";; esac; done
exec setpriv --reuid=postgres --regid=postgres --clear-groups BIN/postgres "$@"
`

func TestATrialFindsWhatOnlyAStartFindsOut(t *testing.T) {
	f, dir := newReal(t)
	cert, key := selfSigned(t)
	otherCert, _ := selfSigned(t)
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		put(t, path, text)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		chown(t, path)
		return path
	}
	crt, crt2 := file("a.crt", cert, 0o644), file("b.crt", otherCert, 0o644)
	good, open := file("a.key", key, 0o600), file("open.key", key, 0o644)
	junk := file("junk.so", "no library", 0o644)
	file("server.crt", cert, 0o644)
	file("server.key", key, 0o600)
	tls := func(crt, key string) string {
		return "ssl = on\nssl_cert_file = '" + crt + "'\nssl_key_file = '" + key + "'\n"
	}
	for title, c := range map[string]struct{ conf, want string }{
		"nothing in the way":              {"work_mem = 7MB\n", ""},
		"keys":                            {tls(crt, good), ""},
		"keys beside the data":            {"ssl = on\n", ""},
		"a key that others may read":      {tls(crt, open), "line 3: private key file \"" + open + "\" has group or world access"},
		"the key of another certificate":  {tls(crt2, good), "line 3: "},
		"no such cipher":                  {tls(crt, good) + "ssl_ciphers = 'NONE:OF:THEM'\n", "could not set the cipher list"},
		"a list of authorities is a key":  {tls(crt, good) + "ssl_ca_file = '" + good + "'\n", "line 4: could not load root certificate file"},
		"memory that is not to be had":    {"shared_buffers = 4TB\n", "could not map anonymous shared memory: Cannot allocate memory"},
		"huge pages that are not there":   {"huge_pages = on\n", "could not map anonymous shared memory"},
		"an address of another host":      {"listen_addresses = '192.0.2.9'\n", "line 1: could not bind IPv4 address \"192.0.2.9\""},
		"one address of two":              {"listen_addresses = '127.0.0.1, 192.0.2.9'\n", ""},
		"a folder for sockets":            {"unix_socket_directories = '/nowhere'\n", "line 1: could not create lock file \"/nowhere/"},
		"a group that nobody knows":       {"unix_socket_group = 'nobodys'\n", "line 1: group \"nobodys\" does not exist"},
		"an archive without WAL for it":   {"wal_level = minimal\nmax_wal_senders = 0\narchive_mode = on\n", "line 1: WAL archival cannot be enabled"},
		"less WAL than two segments":      {"min_wal_size = 20MB\nmax_wal_size = 32MB\n", "\"min_wal_size\" must be at least twice \"wal_segment_size\""},
		"a library that is none":          {"shared_preload_libraries = '" + junk + "'\n", "could not load library"},
		"a library that is one":           {"shared_preload_libraries = 'pg_stat_statements'\n", ""},
		"a pid file of the server's own":  {"external_pid_file = '" + filepath.Join(dir, "a.crt") + "'\n", ""},
		"a log in a folder, which it has": {"logging_collector = on\nlog_directory = '" + dir + "'\nlog_destination = 'csvlog'\n", ""},
	} {
		put(t, filepath.Join(f.Node.Config.ConfigDir, pgconf.ConfFile), c.conf)
		m, err := f.read(pgconf.ConfFile)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if rejected := f.checkConf(t.Context(), m, pgconf.ManagedConf(0)); rejected != nil {
			got = rejected.reason
		}
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", title, got, c.want)
		}
	}
	if got := read(t, crt); got != cert {
		t.Error("a trial wrote over a pid file of the server's")
	}
	if left, _ := filepath.Glob(os.TempDir() + "/pgreplica-trial-*"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// newReal is a primary whose data a real initdb made, with nothing mounted.
func newReal(t *testing.T) (f *Files, dir string) {
	t.Helper()
	c := realpg.New(t)
	f, _ = newPlaced(t)
	f.Dir = c.Dir
	t.Setenv("PATH", bin(t, c.Bin)+":/usr/bin:/bin")
	t.Setenv("TMPDIR", t.TempDir())
	for path := os.Getenv("TMPDIR"); path != "/tmp" && path != "/"; path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return f, c.Dir
}

func bin(t *testing.T, real string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "postgres"), strings.ReplaceAll(asServer, "BIN", real))
	return dir
}

// chown gives a file to the user of the data directory that it lies in.
func chown(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(filepath.Dir(path))
	if err == nil {
		err = os.Lchown(path, int(info.Sys().(*syscall.Stat_t).Uid), -1)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// selfSigned is a certificate and its key.
func selfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"db"}}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}))
}
