package pgsql

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestTLSIsExplained(t *testing.T) {
	plain := startServer(t, []string{everybody})
	secure := makeCluster(t)
	secure.write(t, "server.key")
	secure.write(t, "server.crt")
	certificate := secure.certify(t, "db1", time.Now().Add(time.Hour))
	secure.start(t, []string{"hostssl replication all 127.0.0.1/32 scram-sha-256"}, "ssl=on")
	expired := makeCluster(t)
	expired.write(t, "server.key")
	expired.write(t, "server.crt")
	old := expired.certify(t, "db1", time.Now().Add(-time.Hour))
	expired.start(t, nil, "ssl=on")
	for _, s := range []*server{plain, secure} {
		s.makeRole(t, "r", "canary")
	}
	const good = Class("")
	for _, test := range []struct {
		name           string
		server         *server
		mode, root     string
		class          Class
		reason, remedy string
	}{
		{"prefer, with TLS", secure, "prefer", "", good, "", ""},
		{"prefer, without TLS", plain, "", "", good, "", ""},
		{"verify-ca", secure, "verify-ca", certificate, good, "", ""},
		{"require, without TLS", plain, "require", "", Slow, "MASTER_SSLMODE is require, but ", "ssl = on"},
		{"disable, with hostssl alone", secure, "disable", "", Slow, secure.upstream("", "").address() + " has no pg_hba.conf entry", "host replication r 127.0.0.1/32"},
		{"another name", secure, "verify-full", certificate, Permanent, "the certificate of 127.0.0.1:", "MASTER_SSLMODE=verify-ca"},
		{"another authority", secure, "verify-ca", old, Permanent, "the certificate of 127.0.0.1:", "MASTER_SSLROOTCERT"},
		{"expired", expired, "verify-ca", old, Permanent, "the certificate of 127.0.0.1:", "clock"},
		{"no such file", secure, "verify-ca", "/none", Permanent, "the TLS settings for 127.0.0.1:", "mounted"},
		{"no such mode", secure, "perhaps", "", Permanent, "the TLS settings for 127.0.0.1:", "MASTER_SSLMODE"},
	} {
		u := test.server.upstream("r", "canary")
		u.SSLMode, u.SSLRootCert = test.mode, test.root
		_, err := Identify(within(t, 5*time.Second), u)
		if test.class != good {
			check(t, test.name, err, test.class, 78, test.reason, test.remedy)
		} else if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// certify gives the server a certificate that it signed itself.
func (s *server) certify(t *testing.T, name string, until time.Time) (path string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(s.data, "server.crt")
	for file, block := range map[string]*pem.Block{
		path:                                {Type: "CERTIFICATE", Bytes: der},
		filepath.Join(s.data, "server.key"): {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}
