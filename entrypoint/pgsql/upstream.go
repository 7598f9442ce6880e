package pgsql

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// An Upstream is the server that a standby follows, and how to log in there.
type Upstream struct {
	Host            string
	Port            uint16
	User            string
	Password        string `json:"-"`
	ApplicationName string

	SSLMode, SSLRootCert, SSLCert, SSLKey string
}

// Format prints user and address under every verb, and never the password.
func (u Upstream) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%s@%s", u.User, u.address()) }

func (u Upstream) address() string { return net.JoinHostPort(u.Host, strconv.Itoa(int(u.Port))) }

// connectReplication opens a connection for replication commands. It needs no
// database and no right but REPLICATION.
func (u Upstream) connectReplication(ctx context.Context) (*pgconn.PgConn, error) {
	config, err := u.config()
	if err != nil {
		return nil, u.explain(err)
	}
	// Otherwise a primary of 13 with default_transaction_read_only would look like a
	// standby, as inRecovery tells them.
	config.RuntimeParams = map[string]string{"replication": "1", "application_name": u.ApplicationName, "default_transaction_read_only": "off"}
	reached := false
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		reached = reached || err == nil
		return conn, err
	}
	conn, err := pgconn.ConnectConfig(ctx, &config.Config)
	// pgx prepares a password less thoroughly than libpq and the server do, which
	// matters for a few characters, such as the º of Spanish keyboards.
	if prepared := saslprep(u.Password); isWrongPassword(err) && prepared != u.Password {
		config.Password = prepared
		conn, err = pgconn.ConnectConfig(ctx, &config.Config)
	}
	if reached && isTimeout(err) {
		return nil, u.noAnswer()
	}
	return conn, u.explain(err)
}

// config makes a configuration that does not depend on the environment: every
// keyword that pgx would look up there is given, empty or not.
func (u Upstream) config() (*pgx.ConnConfig, error) {
	words := [][2]string{
		{"host", u.Host}, {"port", strconv.Itoa(int(u.Port))}, {"user", u.User},
		{"sslmode", u.SSLMode}, {"sslrootcert", u.SSLRootCert}, {"sslcert", u.SSLCert}, {"sslkey", u.SSLKey},
		{"sslpassword", ""}, {"sslcertmode", "allow"}, {"sslsni", "1"}, {"sslnegotiation", "postgres"},
		{"passfile", ""}, {"connect_timeout", "0"}, {"target_session_attrs", "any"}, {"channel_binding", "prefer"},
		{"require_auth", ""}, {"min_protocol_version", ""}, {"max_protocol_version", ""},
	}
	if os.Getenv("PGSERVICE") != "" {
		file, err := emptyServiceFile()
		if err != nil {
			return nil, err
		}
		defer file.Close()
		words = append(words, [2]string{"service", ""}, [2]string{"servicefile", fmt.Sprintf("/proc/self/fd/%d", file.Fd())})
	}
	var text strings.Builder
	for _, word := range words {
		text.WriteString(word[0] + "='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(word[1]) + "' ")
	}
	config, err := pgx.ParseConfig(text.String())
	if err != nil {
		return nil, err
	}
	config.User, config.Password, config.Database = u.User, u.Password, ""
	config.RuntimeParams = map[string]string{}
	bound(config, strings.HasPrefix(u.Host, "/"))
	return config, nil
}

// emptyServiceFile is a service file with one service, which has no name and no
// settings. With it pgx ignores PGSERVICE: no value of the keyword service
// would mean none, and to unset the variable for a moment would change it for
// other goroutines.
func emptyServiceFile() (*os.File, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer write.Close()
	_, err = write.WriteString("[]\n")
	return read, err
}
