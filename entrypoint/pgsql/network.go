package pgsql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"pgreplica/entrypoint/pg"
)

// explainNetwork explains an error that came before PostgreSQL could answer.
func (u Upstream) explainNetwork(err error) *Failure {
	if f := u.explainTLS(err); f != nil {
		return f
	}
	var cause *net.DNSError
	switch {
	case errors.As(err, &cause) && !strings.Contains(u.Host, "."): // a service's name, which lasts while its container runs
		return fail("dns", fmt.Sprintf("no running server is called %q", u.Host),
			"Between hosts MASTER_SERVER is an address, 10.0.0.11 for example. On one host its container is stopped, or has another name or network: "+pg.Master.Up(),
			Transient, cause)
	case errors.As(err, &cause):
		return fail("dns", fmt.Sprintf("MASTER_SERVER %q cannot be resolved", u.Host),
			"On one host the primary's service must run in the same compose network: "+pg.All.List()+". Between hosts give the address, MASTER_SERVER=10.0.0.11 for example.",
			Transient, cause)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fail("refused", "nothing listens on "+u.address(),
			"The primary is still being made, or is down, or listen_addresses or MASTER_PORT are not what they should be: "+pg.Master.Log(),
			Transient, syscall.ECONNREFUSED)
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return fail("route", "there is no way to "+u.address()+": no route to host",
			"Check MASTER_SERVER, the network of both hosts and the firewall in between: ping "+u.Host,
			Transient, syscall.EHOSTUNREACH)
	case isTimeout(err):
		return fail("timeout", u.address()+" does not answer",
			"Check MASTER_SERVER, MASTER_PORT and the firewall in between. On the primary's host: ss -ltn",
			Transient, context.DeadlineExceeded)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return fail("port-answers-postgres", u.address()+" closes the connection without an answer",
			"Docker does so for a published port while the server behind it is not ready: "+pg.Master.Log()+". If it stays, MASTER_PORT is another program's.",
			Transient, io.ErrUnexpectedEOF)
	}
	_, notPostgres := errors.AsType[*pgproto3.ExceededMaxBodyLenErr](err)
	if notPostgres || errors.Is(err, errBabble) {
		return fail("port-answers-postgres", "what answers at "+u.address()+" is not PostgreSQL",
			"Correct MASTER_PORT: it is the port that the primary's host publishes, 5533 as shipped. On that host: "+pg.All.List(),
			Permanent, errors.New("no PostgreSQL"))
	}
	return failUnknown("port-answers-postgres", u.address()+" cannot be used: "+oneLine(withoutConfig(err)),
		"Check that PostgreSQL listens at MASTER_SERVER and MASTER_PORT: "+pg.Master.Log(),
		withoutConfig(err))
}

func isTimeout(err error) bool {
	return pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syscall.ETIMEDOUT)
}

// noAnswer is the failure of a port that takes a connection and does not
// answer.
func (u Upstream) noAnswer() *Failure {
	return fail("port-answers-postgres", u.address()+" takes the connection, but does not answer",
		"Check that MASTER_PORT is PostgreSQL's and not another program's. A primary that hangs, on a stalled disk for example, looks the same: "+pg.Master.Log(),
		Transient, context.DeadlineExceeded)
}

// OwnAddress is the address of this machine that the upstream's host name leads to,
// where all addresses of that name are this machine's. It is "" where one is
// not, or where the name cannot be resolved.
func (u Upstream) OwnAddress(ctx context.Context) string {
	upstreams, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Host)
	own, ownErr := net.InterfaceAddrs()
	if err != nil || ownErr != nil || len(upstreams) == 0 {
		return ""
	}
	for _, address := range upstreams {
		address = address.Unmap()
		same := func(own net.Addr) bool {
			prefix, err := netip.ParsePrefix(own.String())
			return err == nil && prefix.Addr().WithZone("") == address.WithZone("")
		}
		if !address.IsLoopback() && !slices.ContainsFunc(own, same) {
			return ""
		}
	}
	return upstreams[0].Unmap().String()
}

// explainTLS explains errors of TLS and of the files that it needs; nil for any
// other.
func (u Upstream) explainTLS(err error) *Failure {
	ofTLS := func(reason, remedy string) *Failure {
		return fail("tls", reason, remedy, Permanent, withoutConfig(err))
	}
	if parse, ok := errors.AsType[*pgconn.ParseConfigError](err); ok {
		return ofTLS(fmt.Sprintf("the TLS settings for %s cannot be used: %v", u.address(), withoutConfig(parse)),
			"Check MASTER_SSLMODE, MASTER_SSLROOTCERT, MASTER_SSLCERT and MASTER_SSLKEY, and that the files are mounted and readable.")
	}
	if strings.Contains(err.Error(), "server refused TLS connection") && (u.SSLMode != "" && u.SSLMode != "prefer" && u.SSLMode != "allow") {
		f := ofTLS(fmt.Sprintf("MASTER_SSLMODE is %s, but %s has no TLS", u.SSLMode, u.address()),
			"Set ssl = on with a certificate on the primary, or MASTER_SSLMODE=prefer here.")
		f.Class = Slow
		return f
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return ofTLS(fmt.Sprintf("the certificate of %s does not match MASTER_SERVER: %v", u.address(), name),
			"Set MASTER_SERVER to a name in the certificate, or MASTER_SSLMODE=verify-ca.")
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return ofTLS("the certificate of "+u.address()+" is signed by an authority that we do not know",
			"Set MASTER_SSLROOTCERT to the certificate of the authority that signed the primary's.")
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		reason := "the certificate of " + u.address() + " is not valid"
		if invalid.Reason == x509.Expired {
			reason = "the certificate of " + u.address() + " has expired or is not valid yet"
		}
		return ofTLS(reason, "Renew the primary's certificate, or set the clock of this host.")
	}
	if alert, ok := errors.AsType[tls.AlertError](err); ok {
		return ofTLS(fmt.Sprintf("%s ends TLS: %v", u.address(), alert),
			"Check that MASTER_SSLCERT and MASTER_SSLKEY are what the primary's ssl_ca_file signed.")
	}
	return nil
}

// withoutConfig is the cause that an error of pgx wraps. pgx wraps its
// configuration around it too, and with that the password.
func withoutConfig(err error) error {
	var connect *pgconn.ConnectError
	var parse *pgconn.ParseConfigError
	switch {
	case errors.As(err, &connect):
		return connect.Unwrap()
	case errors.As(err, &parse) && parse.Unwrap() != nil:
		return parse.Unwrap()
	case errors.As(err, &parse):
		return errors.New("they cannot be read")
	}
	return err
}

func oneLine(err error) string { return pg.Said(err.Error()) }
