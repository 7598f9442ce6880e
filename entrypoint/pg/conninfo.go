package pg

import (
	"strconv"
	"strings"
)

// A Conninfo names a server as libpq's connection strings do. It has no password:
// libpq reads that from the file Passfile.
type Conninfo struct {
	Host, User, DBName, ApplicationName, Passfile string
	SSLMode, SSLRootCert, SSLCert, SSLKey         string
	Port                                          uint16
	// Options are settings for this session, as -c arguments of the server.
	Options string
}

// deadlines let a walreceiver notice a lost connection within 10 s, and stream again
// within 10 s after the network is back. With libpq's defaults each takes a minute or
// more.
const deadlines = "connect_timeout=5 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 tcp_user_timeout=10000"

// String is the connection string, quoted for libpq. Empty fields are left out.
func (c Conninfo) String() string {
	port := ""
	if c.Port != 0 {
		port = strconv.Itoa(int(c.Port))
	}
	var out []string
	for _, word := range [][2]string{
		{"host", c.Host}, {"port", port}, {"user", c.User}, {"dbname", c.DBName},
		{"application_name", c.ApplicationName}, {"passfile", c.Passfile},
		{"sslmode", c.SSLMode}, {"sslrootcert", c.SSLRootCert}, {"sslcert", c.SSLCert}, {"sslkey", c.SSLKey},
		{"options", c.Options},
	} {
		if word[1] != "" {
			out = append(out, word[0]+"="+quoteConninfo(word[1]))
		}
	}
	return strings.Join(append(out, deadlines), " ")
}

func quoteConninfo(value string) string {
	if !strings.ContainsAny(value, " \t\n\v\f\r'\\=") {
		return value
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

// PassfileLine is a line of a password file, with the newline. It applies to every
// server and every database.
func PassfileLine(user, password string) string {
	escape := strings.NewReplacer(`\`, `\\`, `:`, `\:`)
	return "*:*:*:" + escape.Replace(user) + ":" + escape.Replace(password) + "\n"
}
