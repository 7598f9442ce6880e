package config

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
)

// RandomPassword returns 32 random characters, 192 bits, that need no quotes in
// a shell, a URL or an .env file.
func RandomPassword() string {
	var bits [24]byte
	_, _ = rand.Read(bits[:]) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

const randomEnv = `# Passwords of a primary and its standby, for the .env file beside a compose file.
# Nobody else should read it: chmod 600 .env

# Of the superuser, set when the cluster is made.
POSTGRES_PASSWORD=%s

# Of the application's role; it has the superuser's unless this is set.
#APP_PASSWORD=%s

# Of the replication role: the same on the primary and on each standby.
# Whoever knows it can copy the whole cluster.
REPLICATION_PASSWORD=%s
`

// WriteRandomEnv prints an .env file with random passwords.
func WriteRandomEnv(w io.Writer) error {
	_, err := fmt.Fprintf(w, randomEnv, RandomPassword(), RandomPassword(), RandomPassword())
	return err
}
