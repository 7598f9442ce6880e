package pgsql

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/pg"
)

// A guess takes two milliseconds or so, hence the limit.
const storedPasswords = `
SELECT rolname::text, rolpassword FROM pg_authid
WHERE rolcanlogin AND (rolsuper OR rolreplication) AND rolpassword IS NOT NULL ORDER BY oid LIMIT 8`

// lookAtPasswords finds the roles whose password is easy to guess: their own
// name, or one that was published. It compares with what the server stores, and
// never logs in.
func lookAtPasswords(ctx context.Context, conn *pgx.Conn, inside *pg.Inside) error {
	rows, _ := conn.Query(ctx, storedPasswords)
	var role, stored string
	_, err := pgx.ForEachRow(rows, []any{&role, &stored}, func() error {
		for _, guess := range append([]string{role}, pg.PublishedPasswords...) {
			if isPassword(stored, role, guess, 10*iterations) {
				inside.Guessable = append(inside.Guessable, role)
				break
			}
		}
		return nil
	})
	return err
}

// StoredPasswords are what pg_authid stores for those of the roles that exist; ""
// where a role has no password.
func StoredPasswords(ctx context.Context, conn *pgx.Conn, roles []string) (map[string]string, error) {
	rows, _ := conn.Query(ctx, "SELECT rolname::text, coalesce(rolpassword, '') FROM pg_authid WHERE rolname = ANY($1)", roles)
	found := map[string]string{}
	var role, stored string
	_, err := pgx.ForEachRow(rows, []any{&role, &stored}, func() error {
		found[role] = stored
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the stored passwords: %w", err)
	}
	return found, nil
}

// IsPassword says whether a password is the one that pg_authid stores for a role.
// Of a million iterations of SCRAM, half a second or so, it would say no.
func IsPassword(stored, role, password string) bool {
	return isPassword(stored, role, password, 1_000_000)
}

// IsMD5 says whether a password is stored as md5.
func IsMD5(stored string) bool { return strings.HasPrefix(stored, "md5") }

// isPassword says whether a password is the one that pg_authid stores for a
// role, as md5 or as SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey. It tries
// none of more iterations than that.
func isPassword(stored, role, password string, most int) bool {
	if IsMD5(stored) {
		return stored == fmt.Sprintf("md5%x", md5.Sum([]byte(password+role)))
	}
	fields := strings.FieldsFunc(stored, func(r rune) bool { return r == '$' || r == ':' })
	if len(fields) != 5 || fields[0] != "SCRAM-SHA-256" {
		return false
	}
	rounds, err := strconv.Atoi(fields[1])
	salt, errSalt := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || errSalt != nil || rounds < 1 || rounds > most {
		return false
	}
	salted, err := pbkdf2.Key(sha256.New, saslprep(password), salt, rounds, sha256.Size)
	key := base64.StdEncoding.EncodeToString(hmacSHA256(salted, "Server Key"))
	return err == nil && hmac.Equal([]byte(key), []byte(fields[4]))
}
