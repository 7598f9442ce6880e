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
			if isPassword(stored, role, guess) {
				inside.Guessable = append(inside.Guessable, role)
				break
			}
		}
		return nil
	})
	return err
}

// isPassword says whether a password is the one that pg_authid stores for a
// role, as md5 or as SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey.
func isPassword(stored, role, password string) bool {
	if strings.HasPrefix(stored, "md5") {
		return stored == fmt.Sprintf("md5%x", md5.Sum([]byte(password+role)))
	}
	fields := strings.FieldsFunc(stored, func(r rune) bool { return r == '$' || r == ':' })
	if len(fields) != 5 || fields[0] != "SCRAM-SHA-256" {
		return false
	}
	rounds, err := strconv.Atoi(fields[1])
	salt, errSalt := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || errSalt != nil || rounds < 1 || rounds > 10*iterations {
		return false
	}
	salted, err := pbkdf2.Key(sha256.New, saslprep(password), salt, rounds, sha256.Size)
	key := base64.StdEncoding.EncodeToString(hmacSHA256(salted, "Server Key"))
	return err == nil && hmac.Equal([]byte(key), []byte(fields[4]))
}
