package pgsql

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// PostgreSQL's own number of iterations, and length of the salt in bytes.
const (
	iterations = 4096
	saltLength = 16
)

// Verifier is what PostgreSQL stores for a password under scram-sha-256,
// whatever password_encryption says. The password cannot be read from it. What is a
// verifier already stays as it is, as PostgreSQL has it.
func Verifier(password string) (string, error) {
	if pg.VerifierMethod(password) != "" {
		return password, nil
	}
	if password == "" || strings.Contains(password, "\x00") {
		return "", errors.New("a password needs at least one character, and none of code 0")
	}
	salt := make([]byte, saltLength)
	rand.Read(salt) // never returns an error
	return verifier(password, salt)
}

func verifier(password string, salt []byte) (string, error) {
	salted, err := pbkdf2.Key(sha256.New, saslprep(password), salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("derive the verifier of a password: %w", err)
	}
	storedKey := sha256.Sum256(hmacSHA256(salted, "Client Key"))
	base64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s",
		iterations, base64(salt), base64(storedKey[:]), base64(hmacSHA256(salted, "Server Key"))), nil
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
