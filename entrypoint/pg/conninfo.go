package pg

import (
	"strconv"
	"strings"
)

// A Conninfo names a server as libpq's connection strings do. It has no
// password: that stands in the file at Passfile.
type Conninfo struct {
	Host, User, DBName, ApplicationName, Passfile string
	SSLMode, SSLRootCert, SSLCert, SSLKey         string
	Port                                          uint16
	// Options are the server's settings for this session, as -c arguments.
	Options string
}

// Deadlines of a walreceiver: with them a lost link is noticed within 10 s and
// a standby streams again within 10 s of its return; the defaults take a
// minute or more.
const deadlines = "connect_timeout=5 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 tcp_user_timeout=10000"

// String writes the connection string, quoted as libpq reads it; what is empty
// is left out.
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

// PassfileLine is the line of a password file that gives user's password to
// any server and database.
func PassfileLine(user, password string) string {
	escape := strings.NewReplacer(`\`, `\\`, `:`, `\:`)
	return "*:*:*:" + escape.Replace(user) + ":" + escape.Replace(password) + "\n"
}
